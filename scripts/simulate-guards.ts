import { runGuards } from './simulation/guards/run-guards.js';

process.exitCode = await runGuards(process.argv.slice(2), process.stdout);
