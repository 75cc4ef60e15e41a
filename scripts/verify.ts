import { runVerify } from './verify/run.js';

process.exitCode = await runVerify(process.argv.slice(2), {
  env: process.env,
  out: process.stdout,
  err: process.stderr,
});
