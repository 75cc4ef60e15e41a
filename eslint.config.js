import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const SIZE_LIMITS = {
  'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
  'max-params': ['error', 3],
  complexity: ['error', 8],
};

/** Imports run one way: bot → cards, bot → billing, cards → billing's types (ARCHITECTURE.md). */
const forbid = (...groups) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns: groups }],
});
const SDK_OF_CHAT = {
  group: ['botbuilder', 'botbuilder-*', 'botframework-*', 'restify'],
  message: 'Only src/bot and src/server.ts know the chat SDK and HTTP.',
};

export default tseslint.config(
  {
    ignores: [
      'dist',
      '.data',
      '.jest-cache',
      '.guards',
      '.bench',
      '.stryker-tmp',
      'reports',
      'coverage',
      'node_modules',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      ...SIZE_LIMITS,
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, varsIgnorePattern: '^_' }],
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only src/config.ts reads the environment.' },
      ],
    },
  },
  { files: ['src/config.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['src/billing/**/*.ts'],
    rules: forbid(SDK_OF_CHAT, {
      group: ['**/bot/**', '**/cards/**', '**/server.js', '**/config.js', '**/index.js'],
      message: 'Billing knows nothing of chat, cards or HTTP.',
    }),
  },
  {
    files: ['src/billing/ledger/**/*.ts'],
    rules: forbid(
      SDK_OF_CHAT,
      {
        group: ['**/bot/**', '**/cards/**', '**/server.js', '**/config.js', '**/index.js'],
        message: 'Billing knows nothing of chat, cards or HTTP.',
      },
      {
        group: [
          '**/storage/*',
          '!**/storage/keys.js',
          '**/due/**',
          'node:fs*',
          'node:http*',
          'node:timers*',
          '@azure/*',
        ],
        message: 'The ledger is pure: no I/O in there.',
      },
    ),
  },
  {
    files: ['src/cards/**/*.ts'],
    rules: forbid(
      SDK_OF_CHAT,
      {
        group: ['**/bot/**', '**/server.js', '**/config.js', '**/index.js'],
        message: 'Cards know nothing of the bot.',
      },
      {
        group: ['**/billing/storage/**', '**/billing/due/**'],
        message: "Cards use billing's types and its money, nothing that does I/O.",
      },
    ),
  },
  {
    files: ['src/*.ts', 'src/embedded/**/*.ts'],
    ignores: ['src/server.ts', 'src/index.ts'],
    rules: forbid(SDK_OF_CHAT),
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-properties': 'off',
    },
  },
  { files: ['scripts/**/*.ts'], rules: { 'no-console': 'off', 'no-restricted-properties': 'off' } },
);
