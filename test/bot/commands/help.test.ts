import { COMMAND_NAMES, type CommandName } from '../../../src/bot/command-name.js';
import { createHelpCommand } from '../../../src/bot/commands/help.js';
import { understand } from '../../../src/bot/matching.js';
import type { Role } from '../../../src/bot/turn.js';
import { welcomeFor } from '../../../src/bot/welcome.js';
import { LANGUAGES, rawString, speechFor } from '../../../src/cards/speech.js';
import { testBilling } from '../../support/billing.js';
import { buttonsOf, expectValidCard, textOf } from '../../support/card-checks.js';
import {
  clicked,
  say,
  testServices,
  testTurn,
  type Scene,
  type TestTurnOptions,
} from '../../support/turn.js';

const FOR_ADMINS: readonly CommandName[] = ['addFunds', 'usageIssues'];
const roleOf = (name: CommandName): Role => (FOR_ADMINS.includes(name) ? 'admin' : 'viewer');
const help = createHelpCommand(roleOf);

async function scene(turn: TestTurnOptions = {}): Promise<Scene> {
  return { turn: testTurn(turn), services: testServices(await testBilling()) };
}

test.each(LANGUAGES)('an admin reads every command in %s, with what it does', async (language) => {
  const { card } = await say(help, await scene({ locale: language }));
  expectValidCard(card);
  for (const name of COMMAND_NAMES.filter((other) => other !== 'help')) {
    const entry = `${rawString(language, `command.${name}.title`)}\n${rawString(language, `command.${name}.description`)}`;
    expect(textOf(card)).toContain(entry);
  }
});

test('a viewer is shown nothing that only admins may do', async () => {
  const { card } = await say(help, await scene({ role: 'viewer' }));
  expectValidCard(card);
  const said = buttonsOf(card).map(({ data }) => data['text']);
  expect(said).toContain('balance');
  expect(said).not.toContain('add funds');
  expect(said).not.toContain('usage issues');
  expect(textOf(card)).not.toContain('For admins only');
});

test.each(LANGUAGES)(
  'every button of help and welcome in %s says what the bot understands',
  async (language) => {
    const { card } = await say(help, await scene({ locale: language }));
    for (const { data } of [...buttonsOf(card), ...buttonsOf(welcomeFor(speechFor(language), 'personal'))]) {
      expect(understand(String(data['text']), language)).toMatchObject({ kind: 'command' });
    }
  },
);

test('a button of another card opens help below it', async () => {
  const reply = await clicked(help, await scene(), { verb: 'help.show' });
  expect(reply.mode).toBe('post');
  expect(textOf(reply.card)).toContain('What I can do');
});

test.each(LANGUAGES)(
  'the welcome in %s names three things to try; its buttons are for everybody',
  (language) => {
    const card = welcomeFor(speechFor(language), 'channel');
    expectValidCard(card);
    for (const name of ['balance', 'addFunds', 'alerts'] as const) {
      expect(textOf(card)).toContain(rawString(language, `command.${name}.description`));
    }
    const said = buttonsOf(card).map(({ data }) => understand(String(data['text']), language));
    expect(said).toMatchObject([{ match: { name: 'balance' } }, { match: { name: 'help' } }]);
  },
);
