/** The program as one file and its lazy parts, packages apart: Node then reads three files instead of three hundred. */
import { bundleProgram } from './bundle/bundle-program.js';

await bundleProgram('dist');
