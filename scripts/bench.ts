import { main } from './bench/run.js';

process.exitCode = await main(process.argv.slice(2));
