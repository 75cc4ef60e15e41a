/**
 * Runs the tests of the pure core for Stryker within one process. Jest sets up every test file anew for each mutant, which
 * takes seconds; here the tests are bundled once, and the bundle alone is loaded anew, constants of modules included.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { Script } from 'node:vm';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { buildSync } from 'esbuild';
import { expect } from 'expect';
import fc from 'fast-check';
import * as circus from 'jest-circus';

/** Laws last: they take longest, and most mutants are killed before. */
const TEST_FILES = [
  ...readdirSync('test/billing/ledger').map((name) => `test/billing/ledger/${name}`),
  'test/billing/money.test.ts',
  'test/billing/usage/call-record.test.ts',
  'test/billing/payments/sandbox.test.ts',
].sort((one, other) => Number(one.includes('.laws.')) - Number(other.includes('.laws.')));

/** The same examples for every mutant, so that what kills one does so again; fewer than usual, as they are run so often. */
const PROPERTIES = { numRuns: 20, seed: 1 };

/** Of its own, far above what a test takes: a busy machine is no reason to call a mutant killed. */
const TEST_TIMEOUT_MS = 60_000;

const requireHere = createRequire(path.resolve('stryker.runner.js'));
const instruments = (globalThis.__stryker__ ??= {});

class PureCoreRunner {
  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    fc.configureGlobal(PROPERTIES);
    Object.assign(globalThis, circus.default, { expect });
    this.script = new Script(bundled(TEST_FILES), { filename: 'tests-of-the-pure-core.cjs' });
    circus.addEventHandler((event) => {
      if (event.name === 'test_start') instruments.currentTestId = idOf(event.test);
      if (event.name !== 'test_done') return;
      instruments.currentTestId = LOADING;
      if (this.bail && event.test.errors.length > 0) circus.getState().testNamePattern = NO_TEST;
    });
  }

  /** Each file with a bundle of its own: what its loading reaches is reached by its tests, and by no other's. */
  async dryRun() {
    const perTest = {};
    const tests = [];
    for (const file of TEST_FILES) {
      instruments.mutantCoverage = { static: {}, perTest: {} };
      const result = await this.runFile(this.bundle(), file);
      if (result.status !== DryRunStatus.Complete) return result;
      tests.push(...result.tests);
      const { [LOADING]: loading, ...reached } = instruments.mutantCoverage.perTest;
      for (const { id } of result.tests) perTest[id] = { ...loading, ...reached[id] };
    }
    return { status: DryRunStatus.Complete, tests, mutantCoverage: { static: {}, perTest } };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail }) {
    Object.assign(instruments, {
      activeMutant: activeMutant.id,
      hitLimit,
      hitCount: hitLimit === undefined ? undefined : 0,
    });
    this.bail = !disableBail;
    return toMutantRunResult(await this.runWanted(testFilter && new Set(testFilter)), disableBail);
  }

  /** File by file: most mutants are killed by the first that reaches them. */
  async runWanted(wanted) {
    const bundle = this.bundle();
    const tests = [];
    for (const file of TEST_FILES) {
      if (wanted && ![...wanted].some((id) => id.startsWith(file))) continue;
      const result = await this.runFile(bundle, file, wanted);
      if (result.status !== DryRunStatus.Complete) return result;
      tests.push(...result.tests);
      if (this.bail && result.tests.some(({ status }) => status === TestStatus.Failed)) break;
    }
    return { status: DryRunStatus.Complete, tests };
  }

  async runFile(bundle, file, wanted) {
    circus.resetState();
    const state = circus.getState();
    state.testTimeout = TEST_TIMEOUT_MS;
    if (wanted) state.testNamePattern = { test: (id) => wanted.has(id) };
    instruments.currentTestId = LOADING;
    try {
      circus.describe(file, () => void bundle[file]());
    } catch (error) {
      return this.reachedLimit() ?? failed(error);
    }
    const { testResults, unhandledErrors } = await circus.run();
    if (unhandledErrors.length > 0) return this.reachedLimit() ?? failed(unhandledErrors[0]);
    return this.reachedLimit() ?? { status: DryRunStatus.Complete, tests: testResults.map(resultOf) };
  }

  /** The code and its tests, not evaluated yet: a function by file name, which declares the tests of that file. */
  bundle() {
    const module = { exports: {} };
    instruments.currentTestId = LOADING;
    this.script.runInThisContext()(requireHere, module, module.exports);
    return module.exports;
  }

  /** A mutant that is met a hundred times as often as the original never ends. */
  reachedLimit() {
    return determineHitLimitReached(instruments.hitCount, instruments.hitLimit);
  }
}

/** Stands for a test while a file is loaded. */
const LOADING = 'loading';
const NO_TEST = { test: () => false };

/** A function of `require`, `module` and `exports`, whose exports load one test file each. */
function bundled(files) {
  const loaders = files.map((file) => `exports[${JSON.stringify(file)}] = () => require('./${file}');`);
  const { outputFiles } = buildSync({
    stdin: { contents: loaders.join('\n'), resolveDir: process.cwd() },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  return `(function (require, module, exports) {${outputFiles[0].text}\n})`;
}

/** A mutant that throws while tests are declared is noticed by all of them. */
function failed(error) {
  const id = 'loading of the tests';
  const failureMessage = String(error?.stack ?? error);
  const test = { id, name: id, timeSpentMs: 0, status: TestStatus.Failed, failureMessage };
  return { status: DryRunStatus.Complete, tests: [test] };
}

function idOf(test) {
  const titles = [];
  for (let part = test; part?.parent; part = part.parent) titles.unshift(part.name);
  return titles.join(' ');
}

function resultOf({ testPath, duration, status, errors }) {
  // The first is circus' own name of the outermost block, the second that of the file.
  const [, fileName] = testPath;
  const id = testPath.slice(1).join(' ');
  const result = { id, name: id, timeSpentMs: duration ?? 0, fileName: path.resolve(fileName) };
  if (status === 'done' && errors.length === 0) return { ...result, status: TestStatus.Success };
  return errors.length === 0
    ? { ...result, status: TestStatus.Skipped }
    : { ...result, status: TestStatus.Failed, failureMessage: errors[0] };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'pure-core', PureCoreRunner)];
