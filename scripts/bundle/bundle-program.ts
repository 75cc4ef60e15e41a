import { resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../..');

/** Large, native or with files of their own: loaded from node_modules as ever. The expression engine's 600 files are not. */
const LEFT_OUT = [
  'botbuilder',
  'botframework-*',
  'restify',
  '@azure/*',
  'azurite',
  'azurite/*',
  '@microsoft/*',
  'pino',
  'stripe',
];
/** Some packages are CommonJS, and ask for Node's own modules by `require`. */
const REQUIRE =
  "import { createRequire as requiring } from 'node:module'; const require = requiring(import.meta.url);";

/** Types are checked by the compiler before; see `npm run build`. @returns the file to start. */
export async function bundleProgram(folder: string): Promise<string> {
  const outdir = resolve(ROOT, folder);
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/index.ts'],
    outdir,
    bundle: true,
    // Developers' parts stay files of their own, loaded only where they are asked for.
    splitting: true,
    external: [...LEFT_OUT],
    banner: { js: REQUIRE },
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
  });
  return resolve(outdir, 'index.js');
}
