/** Tests run as CommonJS (the one set-up without warnings on Node 20, 22 and 24); the program itself is ESM. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  transform: {
    '^.+\\.(t|j)sx?$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.+)\\.js$': '$1' },
  transformIgnorePatterns: [
    '/node_modules/(?!(agent-base|http-proxy-agent|https-proxy-agent|proxy-agent-negotiate|intl-messageformat|@formatjs|p-limit|p-throttle|yocto-queue|jose)/)',
  ],
  cacheDirectory: '.jest-cache',
  testTimeout: 20_000,
  maxWorkers: 2,
};
