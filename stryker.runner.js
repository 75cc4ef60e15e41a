/**
 * Runs the tests of the pure core for Stryker within one process. Jest would set up every test file anew for each mutant,
 * which takes seconds; here the tests are bundled once, and the bundle alone is loaded anew, so that constants of modules
 * are mutated like any other code.
 */
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import { declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import { determineHitLimitReached, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import { buildSync } from 'esbuild';
import { expect } from 'expect';
import fc from 'fast-check';
import * as circus from 'jest-circus';
