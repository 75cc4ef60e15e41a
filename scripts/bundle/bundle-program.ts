import { resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../..');

/** For developers only, or native and optional: loaded from node_modules as ever. */
const LEFT_OUT = ['azurite', 'azurite/*', '@microsoft/m365agentsplayground', 'dtrace-provider'];
/** Node's own warns whoever uses it from outside of node_modules; this one is where that came from. */
const INSTEAD = { punycode: 'punycode/punycode.js' };
/** Some packages are CommonJS, and ask for Node's own modules by `require`. */
const REQUIRE =
  "import { createRequire as requiring } from 'node:module'; const require = requiring(import.meta.url);";

/**
 * Our files and the packages' in one: finding and reading some thousand files took longer than running them. Types are
 * checked by the compiler before; see `npm run build`.
 * @returns the file to start.
 */
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
    alias: INSTEAD,
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
