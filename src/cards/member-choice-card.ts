/** A choice of people, where nobody can be mentioned. */
import { renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import template from './templates/member-choice.json' with { type: 'json' };

export interface MemberChoiceFacts {
  readonly change: 'add' | 'remove';
  readonly people: readonly { readonly id: string; readonly name?: string }[];
}

/** Keeps the card far below what Teams takes, and is more than anybody scrolls through. */
export const CHOICES_MAX = 40;

export function memberChoiceCard({ change, people }: MemberChoiceFacts, speech: Speech): Card {
  const heading = speech.say(`members.choice.${change}.title`);
  const more = people.length - CHOICES_MAX;
  const data = {
    heading,
    text: speech.say(`members.choice.${change}.text`),
    more: more > 0 ? speech.say('members.choice.more', { count: more }) : '',
    label: speech.say('members.choice.label'),
    missing: speech.say('members.choice.missing'),
    // A choice's title is plain text, not Markdown.
    people: people.slice(0, CHOICES_MAX).map(({ id, name }) => ({ id, name: name ?? id })),
    verb: `members.${change}`,
    button: speech.say(`members.choice.${change}.button`),
    style: change === 'add' ? 'positive' : 'destructive',
    back: speech.say('members.back'),
  };
  return renderCard(template, data, heading);
}
