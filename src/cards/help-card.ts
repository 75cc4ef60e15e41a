/** What can be done here, and how it is said. */
import { renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import help from './templates/help.json' with { type: 'json' };
import welcome from './templates/welcome.json' with { type: 'json' };

/** A command, in the reader's language: from the strings `command.<name>.title` and `.description`. */
export interface HelpEntry {
  /** The words to type. */
  readonly title: string;
  readonly description: string;
  /** What clicking it sends back. */
  readonly data: Readonly<Record<string, unknown>> & { readonly verb: string };
}

/** A channel or group chat hears the bot only where it is mentioned. */
export type Place = 'personal' | 'group' | 'channel';

export interface HelpFacts {
  /** In the order of the strings, which puts first what people come for. Nothing that the reader may not do. */
  readonly entries: readonly (HelpEntry & { readonly onlyAdmins: boolean })[];
  readonly isAdmin: boolean;
  readonly place: Place;
}

const BUTTONS_MAX = 4;

/** Every row can be clicked; the first commands get a button of their own too. */
export function helpCard({ entries, isAdmin, place }: HelpFacts, speech: Speech): Card {
  const rows = entries.map(shown(speech));
  const groups = [
    {
      heading: speech.say(isAdmin ? 'help.everybody' : 'help.commands'),
      entries: rows.filter(({ onlyAdmins }) => !onlyAdmins),
    },
    { heading: speech.say('help.admins'), entries: rows.filter(({ onlyAdmins }) => onlyAdmins) },
  ];
  const title = speech.say('help.title');
  const data = {
    title,
    intro: speech.say(place === 'personal' ? 'help.intro' : 'help.intro.mention'),
    groups: groups.filter((group) => group.entries.length > 0),
    tip: speech.say(isAdmin ? 'help.tip.admin' : 'help.tip.viewer'),
    buttonRows: inRows(rows.slice(0, BUTTONS_MAX)).map((buttons) => ({ buttons })),
  };
  return renderCard(help, data, title);
}

/** Some clients cut off what does not fit into a row. In characters; a button's frame takes as much as five of them. */
const ROW_WIDTH = 48;
const FRAME_WIDTH = 5;

function inRows(entries: readonly HelpEntry[]): readonly (readonly HelpEntry[])[] {
  const rows: HelpEntry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const width = entry.title.length + FRAME_WIDTH;
    const row = width <= room ? rows.at(-1) : undefined;
    if (row === undefined) rows.push([entry]);
    else row.push(entry);
    room = (row === undefined ? ROW_WIDTH : room) - width;
  }
  return rows;
}

export interface WelcomeFacts {
  /** Things to try first; three are enough. */
  readonly entries: readonly HelpEntry[];
  /** Those that get a button: nobody's role is known yet, and nobody should be refused at the first click. */
  readonly buttons: readonly HelpEntry[];
  readonly place: Place;
}

/** For whoever meets the bot for the first time: what it is, whose ledger it shows, what to try. */
export function welcomeCard({ entries, buttons, place }: WelcomeFacts, speech: Speech): Card {
  const title = speech.say('welcome.title');
  const data = {
    title,
    what: speech.say('welcome.what'),
    ledger: speech.say('welcome.ledger'),
    how: speech.say(place === 'personal' ? 'welcome.try' : 'welcome.try.mention'),
    entries: entries.map(shown(speech)),
    buttons: buttons.map(shown(speech)),
  };
  return renderCard(welcome, data, title);
}

function shown(speech: Speech): <E extends HelpEntry>(entry: E) => E & { readonly name: string } {
  return (entry) => {
    const [first = '', ...rest] = entry.title;
    return { ...entry, name: first.toLocaleUpperCase(speech.locale) + rest.join('') };
  };
}
