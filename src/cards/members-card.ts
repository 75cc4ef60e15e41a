/** Who may do what: admins first, then everybody else whom the bot knows. */
import type { Actor } from '../billing/ledger/model.js';
import { plain, renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import template from './templates/members.json' with { type: 'json' };

export interface ListedMember {
  readonly id: string;
  /** Absent for a configured admin whom the bot has never met. */
  readonly name?: string;
  readonly set?: { readonly by: Actor; readonly at: string };
}

export interface MembersFacts {
  readonly admins: readonly ListedMember[];
  readonly others: readonly ListedMember[];
  /** An admin reads it, and gets the buttons. */
  readonly mayChange: boolean;
}

/** More names than this are not read; the rest is counted. */
export const MEMBERS_LISTED_MAX = 15;

export function membersCard({ admins, others, mayChange }: MembersFacts, speech: Speech): Card {
  const heading = speech.say('members.heading');
  const button = (title: Parameters<Speech['say']>[0], verb: string) => ({ title: speech.say(title), verb });
  const data = {
    heading,
    adminsTitle: speech.say('members.admins', { count: admins.length }),
    admins: listed(admins, speech, (member) => adminNote(member, speech)),
    adminsIntro: admins.length === 0 ? speech.say('members.noAdmin') : speech.say('members.adminsMay'),
    othersTitle: speech.say('members.others', { count: others.length }),
    others: listed(others, speech, () => ''),
    othersIntro: others.length === 0 ? speech.say('members.noOthers') : speech.say('members.othersMay'),
    hint: mayChange ? speech.say('members.hint') : speech.say('members.viewerHint'),
    actions: mayChange
      ? [button('members.addButton', 'members.add'), button('members.removeButton', 'members.remove')]
      : [],
  };
  return renderCard(template, data, `${heading}: ${data.adminsTitle}`);
}

/** A bullet for each, as a list reads better than a table on a phone. */
function listed(
  members: readonly ListedMember[],
  speech: Speech,
  noteOf: (member: ListedMember) => string,
): readonly { readonly name: string; readonly note: string }[] {
  const shown = members.slice(0, MEMBERS_LISTED_MAX).map((member) => ({
    name: plain(member.name ?? speech.say('members.unknownName')),
    note: noteOf(member),
  }));
  const more = members.length - shown.length;
  return more === 0 ? shown : [...shown, { name: speech.say('members.more', { count: more }), note: '' }];
}

function adminNote({ id, name, set }: ListedMember, speech: Speech): string {
  if (set !== undefined) {
    return speech.say('members.setBy', { who: plain(set.by.name), when: speech.date(set.at) });
  }
  return speech.say('members.configured', { id: name === undefined ? plain(id) : 'none' });
}
