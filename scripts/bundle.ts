/** `node --import tsx scripts/bundle.ts [folder]`: the program and its packages as one file, and developers' parts beside it. */
import { bundleProgram } from './bundle/bundle-program.js';

const [folder = 'dist'] = process.argv.slice(2);
await bundleProgram(folder);
