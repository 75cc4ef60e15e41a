/** `members`: who may do what; `add admin @Anna` and `remove admin @Anna`. The last admin stays. */
import * as z from 'zod';
import type { Member } from '../../billing/ledger/model.js';
import { memberChoiceCard } from '../../cards/member-choice-card.js';
import { membersCard } from '../../cards/members-card.js';
import { noticeCard, type Tone } from '../../cards/notice.js';
import { plain, type Card } from '../../cards/render.js';
import { speechFor, type SayValues, type StringKey } from '../../cards/speech.js';
import { action, post, replace, type Action, type Command } from '../command.js';
import { isAdminHere, peopleOf, type Membership } from '../membership.js';
import type { KnownPerson } from '../ports.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';
import { notices } from '../notices.js';

type Change = 'add' | 'remove';

const ROLE_AFTER: Readonly<Record<Change, Member['role']>> = { add: 'admin', remove: 'viewer' };

export const membersCommand: Command = {
  // Everybody may read the list; who changes it must be an admin, words and clicks alike.
  role: 'viewer',
  run: async ({ intent }, turn, services) => {
    if (intent !== 'add' && intent !== 'remove') return post(await list(turn, services));
    if (turn.role !== 'admin') return post(await refuse(intent, turn, services));
    return post(await byMention(intent, turn, services));
  },
  actions: {
    show: action('viewer', z.object({}), async (_data, turn, services) =>
      replace(await list(turn, services)),
    ),
    add: byClick('add'),
    remove: byClick('remove'),
  },
};

/** Without a person it asks for one; what stands in the card is only taken for somebody whom the bot knows. */
function byClick(change: Change): Action {
  const schema = z.object({ person: z.string().max(128).optional() });
  return action('admin', schema, async ({ person }, turn, services) => {
    if (person === undefined || person === '') return replace(await ask(change, turn, services));
    const known = (await everybody(turn, services)).find(({ id }) => id === person);
    if (known === undefined) return replace(notice({ tone: 'warning', key: 'members.unknown' }, turn));
    return replace(await apply(change, { id: known.id, name: known.name ?? known.id }, { turn, services }));
  });
}

async function refuse(change: Change, { tenant, person, speech }: Turn, services: Services): Promise<Card> {
  await services.audit.note({ tenant, personId: person.id, did: `members.${change}`, outcome: 'refused' });
  return notices.notAllowed(speech, await services.roles.admins(tenant));
}

async function byMention(change: Change, turn: Turn, services: Services): Promise<Card> {
  const [mention, ...more] = turn.mentions;
  if (mention === undefined) return ask(change, turn, services);
  if (more.length > 0) return notice({ tone: 'warning', key: 'members.oneAtATime' }, turn);
  const { tenant, conversation } = turn;
  const found = await services.people.find(tenant, mention.channelAccountId, conversation);
  if (found === undefined)
    return notice({ tone: 'warning', key: 'members.notFound', values: { name: plain(mention.name) } }, turn);
  return apply(change, found, { turn, services });
}

async function ask(change: Change, turn: Turn, services: Services): Promise<Card> {
  if (turn.conversation.kind !== 'personal')
    return notice({ tone: 'info', key: `members.mention.${change}` }, turn);
  const wanted = (await everybody(turn, services)).filter(
    (person) => isAdminHere(person) === (change === 'remove'),
  );
  if (wanted.length === 0) return notice({ tone: 'info', key: 'members.nobodyToAdd' }, turn);
  return memberChoiceCard({ change, people: wanted }, turn.speech);
}

async function apply(
  change: Change,
  person: KnownPerson,
  { turn, services }: { turn: Turn; services: Services },
): Promise<Card> {
  const { tenant } = turn;
  const name = plain(person.name);
  const before = (await everybody(turn, services)).find(({ id }) => id === person.id)?.role ?? 'viewer';
  const role = ROLE_AFTER[change];
  if (before === role)
    return notice({ tone: 'info', key: `members.already.${change}`, values: { name } }, turn);
  const by = { id: turn.person.id, name: turn.person.name };
  const outcome = await services.billing.setRole(tenant, { id: person.id, name: person.name, role, by });
  const result = outcome.kind === 'done' ? 'done' : 'refused';
  const did = `members.${change}`;
  await services.audit.note({ tenant, personId: by.id, did, outcome: result, subject: person.id });
  if (outcome.kind === 'refused')
    return notice({ tone: 'warning', key: 'members.lastAdmin', values: { name } }, turn);
  return changed(change, outcome.answer, { turn, services });
}

async function changed(
  change: Change,
  member: Member,
  { turn, services }: { turn: Turn; services: Services },
): Promise<Card> {
  const { timeZone } = await services.billing.reader.account(turn.tenant);
  const speech = speechFor(turn.speech.locale, timeZone);
  const isSelf = member.id === turn.person.id;
  const key = isSelf && change === 'remove' ? 'members.removedSelf' : (`members.done.${change}` as const);
  const values = {
    name: plain(member.name),
    who: plain(member.setBy.name),
    when: speech.dateTime(member.setAt),
  };
  return notice({ tone: 'good', key: key, values }, turn);
}

type Titled<Key> = Key extends `${infer Name}.title` ? Name : never;
type NoticeKey = Titled<Extract<StringKey, `members.${string}`>>;

interface Sentence {
  readonly tone: Tone;
  readonly key: NoticeKey;
  readonly values?: SayValues;
}

function notice(sentence: Sentence, { speech }: Turn): Card {
  const { tone, key, values = {} } = sentence;
  const title = speech.say(`${key}.title`, values);
  const buttons = [{ title: speech.say('members.back'), data: { verb: 'members.show' } as const }];
  return noticeCard({ tone, title, text: speech.say(`${key}.text`, values), buttons });
}

async function list(turn: Turn, services: Services): Promise<Card> {
  const { timeZone } = await services.billing.reader.account(turn.tenant);
  const people = await everybody(turn, services);
  const admins = people.filter(isAdminHere);
  const others = people.filter((person) => !isAdminHere(person));
  const facts = { admins, others, mayChange: turn.role === 'admin' };
  return membersCard(facts, speechFor(turn.speech.locale, timeZone));
}

async function everybody({ tenant }: Turn, { billing, people }: Services): Promise<readonly Membership[]> {
  const [members, known] = await Promise.all([billing.reader.members(tenant), people.list(tenant)]);
  return peopleOf({ members, known, configuredAdmins: billing.configuredAdmins });
}
