/** The manifest and its localisation files, built from the template and the strings. No files are read or written here. */
import type { TeamsManifestLatest } from '@microsoft/app-manifest';
import template from '../../manifest/template.json' with { type: 'json' };
import { COMMAND_NAMES, type CommandName } from '../../src/bot/command-name.js';
import { DEFAULT_LANGUAGE, LANGUAGES, type Language } from '../../src/cards/speech.js';
import { textsOf, type AppTexts } from './texts.js';

/** Teams shows that many in the menu of a chat. */
export const COMMANDS_MAX = 10;

export interface Developer {
  readonly name: string;
  readonly websiteUrl: string;
  readonly privacyUrl: string;
  readonly termsOfUseUrl: string;
}

/** What differs from one organisation's app to another's. */
export interface AppFacts {
  readonly appId: string;
  readonly botId: string;
  /** Where the bot is reached from outside, without scheme. */
  readonly host: string;
  readonly version: string;
  readonly developer: Developer;
}

type Bot = NonNullable<TeamsManifestLatest['bots']>[number];
type CommandList = NonNullable<Bot['commandLists']>[number];
type Fixed = Omit<Pick<TeamsManifestLatest, keyof typeof template & keyof TeamsManifestLatest>, 'bots'> & {
  readonly bot: Omit<Bot, 'botId' | 'commandLists'>;
};

/** Texts by where they stand in the manifest: `bots[0].commandLists[0].commands[0].title`. */
export type Localisation = Readonly<Record<string, string>>;

/** In the order of help; what comes behind the tenth is left to the help card. */
export const LISTED: readonly CommandName[] = COMMAND_NAMES.slice(0, COMMANDS_MAX);
export const NOT_LISTED: readonly CommandName[] = COMMAND_NAMES.slice(COMMANDS_MAX);

/** The compiler reads words in a JSON file as any text; the official schema is held against them in the tests. */
const { bot: FIXED_BOT, ...FIXED } = template as Fixed;

/** @throws NotMade where a text is longer than Teams takes */
export function buildManifest(facts: AppFacts): TeamsManifestLatest {
  const texts = textsOf(DEFAULT_LANGUAGE);
  return {
    ...FIXED,
    version: facts.version,
    id: facts.appId,
    localizationInfo: {
      defaultLanguageTag: DEFAULT_LANGUAGE,
      defaultLanguageFile: localisationFile(DEFAULT_LANGUAGE),
      additionalLanguages: LANGUAGES.filter((language) => language !== DEFAULT_LANGUAGE).map((language) => ({
        languageTag: language,
        file: localisationFile(language),
      })),
    },
    developer: { ...facts.developer },
    name: { short: texts['name.short'], full: texts['name.full'] },
    description: { short: texts['description.short'], full: texts['description.full'] },
    bots: [{ ...FIXED_BOT, botId: facts.botId, commandLists: commandLists(texts) }],
    validDomains: [facts.host],
  };
}

/** Teams wants a list of its own for each scope. */
function commandLists({ commands }: AppTexts): CommandList[] {
  return FIXED_BOT.scopes.map((scope) => ({
    scopes: [scope],
    commands: LISTED.map((name) => ({ ...commands[name] })),
  }));
}

export function localisationFile(language: Language): string {
  return `${language}.json`;
}

/** Every text that the manifest holds in English. @throws NotMade where a text is longer than Teams takes */
export function buildLocalisation(language: Language): Localisation {
  const { commands, ...app } = textsOf(language);
  const inLists = FIXED_BOT.scopes.flatMap((_scope, list) =>
    LISTED.flatMap((name, index) => {
      const place = `bots[0].commandLists[${list}].commands[${index}]`;
      return [
        [`${place}.title`, commands[name].title],
        [`${place}.description`, commands[name].description],
      ];
    }),
  );
  const schema = template.$schema.replace(/\.schema\.json$/u, '.Localization.schema.json');
  return { $schema: schema, ...app, ...(Object.fromEntries(inLists) as Localisation) };
}
