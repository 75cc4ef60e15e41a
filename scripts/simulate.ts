import { runSimulations } from './simulation/command-line.js';

process.exitCode = await runSimulations(process.argv.slice(2), process.stdout);
