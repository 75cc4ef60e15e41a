import { fileURLToPath } from 'node:url';
import program from '../package.json' with { type: 'json' };
import { runManifest } from './manifest/run.js';

process.exitCode = await runManifest(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  iconFolder: fileURLToPath(new URL('../manifest', import.meta.url)),
  programVersion: program.version,
});
