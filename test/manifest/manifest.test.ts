import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import {
  buildLocalisation,
  buildManifest,
  COMMANDS_MAX,
  LISTED,
  NOT_LISTED,
} from '../../scripts/manifest/build.js';
import { textsOf } from '../../scripts/manifest/texts.js';
import { COMMAND_NAMES } from '../../src/bot/command-name.js';
import { understand } from '../../src/bot/matching.js';
import { LANGUAGES, speechFor, type StringKey } from '../../src/cards/speech.js';
import { FACTS } from './facts.js';

const SCHEMAS = join(dirname(require.resolve('@microsoft/app-manifest')), 'json-schemas/teams');
const manifest = buildManifest(FACTS);
const lists = manifest.bots?.[0]?.commandLists ?? [];

/** The schemas name draft 4, but use `const`, which came later, and patterns that only plain regular expressions take. */
function validator(file: string): ValidateFunction {
  const path = join(SCHEMAS, `v${manifest.manifestVersion}`, file);
  const { $schema: _draft, ...schema } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  // The module is CommonJS: here its default export is the function, in the types it is the module.
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  return ajv.compile(schema);
}

function errorsOf(file: string, value: unknown): unknown {
  const validate = validator(file);
  validate(value);
  return validate.errors ?? [];
}

const MANIFEST_SCHEMA = 'MicrosoftTeams.schema.json';
const LOCALISATION_SCHEMA = 'MicrosoftTeams.Localization.schema.json';

describe('the manifest', () => {
  it('is what the official schema asks for', () => {
    expect(errorsOf(MANIFEST_SCHEMA, manifest)).toEqual([]);
  });

  it('is measured by a schema that refuses what is wrong', () => {
    expect(errorsOf(MANIFEST_SCHEMA, { ...manifest, id: 'mine' })).not.toEqual([]);
    expect(errorsOf(MANIFEST_SCHEMA, { ...manifest, surprise: true })).not.toEqual([]);
    expect(errorsOf(MANIFEST_SCHEMA, { ...manifest, manifestVersion: '1.0' })).not.toEqual([]);
  });

  it('has the newest schema version that ships with the official package', () => {
    const versions = readdirSync(SCHEMAS).flatMap((folder) => /^v1\.(\d+)$/u.exec(folder)?.[1] ?? []);
    expect(manifest.manifestVersion).toBe(`1.${Math.max(...versions.map(Number))}`);
    expect(manifest.$schema).toContain(`/v${manifest.manifestVersion}/`);
  });

  it('carries the ids, host, version and developer that were given', () => {
    expect(manifest).toMatchObject({ id: FACTS.appId, version: '1.2.3', developer: FACTS.developer });
    expect(manifest.bots?.[0]?.botId).toBe(FACTS.botId);
    expect(manifest.validDomains).toEqual(['credits.contoso.com']);
  });

  it('asks for no permission, no single sign-on and no files', () => {
    expect(Object.keys(manifest)).toEqual(
      expect.not.arrayContaining(['permissions', 'devicePermissions', 'authorization', 'webApplicationInfo']),
    );
    expect(manifest.bots?.[0]?.supportsFiles).toBe(false);
  });

  it('offers the bot in personal chats, teams and group chats', () => {
    expect(manifest.bots?.[0]?.scopes).toEqual(['personal', 'team', 'groupChat']);
  });

  it('names English as the default and a file for each language', () => {
    const { defaultLanguageTag, defaultLanguageFile, additionalLanguages } = manifest.localizationInfo!;
    expect([defaultLanguageTag, defaultLanguageFile]).toEqual(['en', 'en.json']);
    expect(additionalLanguages).toEqual([{ languageTag: 'it', file: 'it.json' }]);
  });
});

describe('the command lists', () => {
  it('are one for each scope', () => {
    expect(lists.map(({ scopes }) => scopes)).toEqual([['personal'], ['team'], ['groupChat']]);
  });

  it('hold the commands of help in their order, as many as Teams shows', () => {
    expect([...LISTED, ...NOT_LISTED]).toEqual(COMMAND_NAMES);
    expect(LISTED.length).toBe(Math.min(COMMAND_NAMES.length, COMMANDS_MAX));
    for (const { commands } of lists) {
      const speech = speechFor('en');
      expect(commands.map(({ title }) => title)).toEqual(
        LISTED.map((name) => speech.say(`command.${name}.title`)),
      );
    }
  });

  it('have titles of at most 32 and descriptions of at most 128 characters in every language', () => {
    for (const text of LANGUAGES.flatMap((language) => Object.values(textsOf(language).commands))) {
      expect(text.title.length).toBeLessThanOrEqual(32);
      expect(text.description.length).toBeLessThanOrEqual(128);
    }
  });

  it('tell two commands apart by their titles', () => {
    for (const language of LANGUAGES) {
      const titles = Object.values(textsOf(language).commands).map(({ title }) => title);
      expect(new Set(titles).size).toBe(titles.length);
    }
  });
});

describe.each(LANGUAGES)('the menu in %s', (language) => {
  it.each(LISTED)('types words that the bot understands as %s', (name) => {
    const { title } = textsOf(language).commands[name];
    expect(understand(title, language)).toMatchObject({ kind: 'command', match: { name, rest: '' } });
  });
});

describe.each(LANGUAGES)('the localisation file %s', (language) => {
  const localisation = buildLocalisation(language);

  it('is what the official schema asks for', () => {
    expect(errorsOf(LOCALISATION_SCHEMA, localisation)).toEqual([]);
    expect(errorsOf(LOCALISATION_SCHEMA, { ...localisation, 'name.tiny': 'x' })).not.toEqual([]);
  });

  it('has every text that can be translated', () => {
    const inLists = lists.flatMap(({ commands }, list) =>
      commands.flatMap((_command, index) => [
        `bots[0].commandLists[${list}].commands[${index}].title`,
        `bots[0].commandLists[${list}].commands[${index}].description`,
      ]),
    );
    const ofApp = ['$schema', 'name.short', 'name.full', 'description.short', 'description.full'];
    expect(Object.keys(localisation).sort()).toEqual([...ofApp, ...inLists].sort());
  });

  it.each(LISTED)('says what %s is, in every list', (name) => {
    const speech = speechFor(language);
    for (const list of lists.keys()) {
      const place = `bots[0].commandLists[${list}].commands[${LISTED.indexOf(name)}]`;
      expect(localisation[`${place}.title`]).toBe(speech.say(`command.${name}.title`));
      expect(localisation[`${place}.description`]).toBe(speech.say(`command.${name}.description`));
    }
  });
});

describe('a text that Teams would refuse', () => {
  const long = (key: StringKey, length: number) => () =>
    textsOf('it', (asked) => (asked === key ? 'x'.repeat(length) : 'ok'));

  it.each([
    ['command.balance.title', 33, 32],
    ['command.balance.description', 129, 128],
    ['product.name', 31, 30],
    ['manifest.fullName', 101, 100],
    ['manifest.shortDescription', 81, 80],
    ['manifest.fullDescription', 4001, 4000],
  ] as const)('is named with its language: %s', (key, length, most) => {
    expect(long(key, length)).toThrow(`${key} (it) has ${length} characters; Teams takes ${most}.`);
    expect(long(key, most)).not.toThrow();
  });

  it('may be an empty one', () => {
    expect(long('command.help.title', 0)).toThrow('command.help.title (it) is empty.');
  });
});
