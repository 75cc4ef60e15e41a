import { setTimeout as sleep } from 'node:timers/promises';
import { runUsage } from './usage/run.js';

process.exitCode = await runUsage(process.argv.slice(2), {
  env: process.env,
  out: process.stdout,
  err: process.stderr,
  sleep,
  now: Date.now,
});
