/** Where call records come from, how far they reach, and what keeps them from coming. */
import type { Account, Metering } from '../billing/ledger/model.js';
import { money } from '../billing/money.js';
import type { UsageFacts } from '../billing/usage/graph/usage-facts.js';
import { renderPanel, type PanelButton, type PanelFact } from './panel.js';
import { clickButton } from './payment-view.js';
import { plain, type Card } from './render.js';
import type { Speech, StringKey } from './speech.js';
import { differenceLines, unreportedText } from './usage-words.js';

export interface UsageCardFacts {
  readonly account: Pick<Account, 'currency' | 'usage'>;
  readonly facts: UsageFacts;
  readonly isAdmin: boolean;
  /** Whether this program knows how to reach Microsoft Graph. */
  readonly isConfigured: boolean;
  /** Somebody has just asked for it. */
  readonly isCollecting: boolean;
}

/** Its times are in the speech's zone: hand over one in the account's. */
export function usageCard(card: UsageCardFacts, speech: Speech): Card {
  const { facts, account } = card;
  const { knownUntil, trouble, unreported } = facts;
  const state =
    knownUntil === undefined
      ? speech.say('usage.state.none')
      : speech.say('usage.state.known', { time: speech.dateTime(knownUntil) });
  const warnings = [
    ...(trouble === undefined ? [] : [troubleLine(trouble, speech)]),
    ...differenceLines(account, speech),
  ];
  const range = unreported && unreportedText(unreported, account.currency, speech);
  const panel = {
    style: warnings.length === 0 ? ('emphasis' as const) : ('warning' as const),
    title: speech.say('usage.title'),
    lines: [state, ...(range === undefined ? [] : [range]), ...wayIn(card, speech)],
    box: { style: 'warning' as const, lines: warnings },
    facts: factsOf(card, speech),
    notes: [speech.say('usage.late')],
    buttons: buttonsOf(card, speech),
  };
  return renderPanel(panel, speech.say('usage.summary', { state }));
}

function wayIn({ account, isConfigured, isCollecting }: UsageCardFacts, speech: Speech): readonly string[] {
  if (isCollecting) return [speech.say('usage.collecting')];
  if (!isConfigured) return [speech.say('usage.notConfigured')];
  return account.usage.graph === undefined ? [speech.say('usage.notConnected')] : [];
}

function troubleLine({ reason, since }: NonNullable<UsageFacts['trouble']>, speech: Speech): string {
  const what = speech.say(`usage.trouble.${reason}`);
  return speech.say('usage.trouble.since', { time: speech.dateTime(since), what });
}

function factsOf({ account, facts }: UsageCardFacts, speech: Speech): readonly PanelFact[] {
  const { graph, metering, unmetered } = account.usage;
  const fact = (key: StringKey, value: string): PanelFact => ({ title: speech.say(key), value });
  const { receivedAt, backFill } = facts;
  return [
    fact('usage.fact.source', speech.say(graph === undefined ? 'usage.source.others' : 'usage.source.graph')),
    ...(receivedAt === undefined ? [] : [fact('usage.fact.received', speech.dateTime(receivedAt))]),
    ...(backFill === undefined ? [] : [fact('usage.fact.backFill', speech.say('usage.backFill', backFill))]),
    fact('usage.fact.metered', meteredText(metering, speech)),
    ...(unmetered === undefined || unmetered.calls === 0
      ? []
      : [fact('usage.fact.kept', keptText(unmetered, account, speech))]),
    ...(graph === undefined
      ? []
      : [fact('usage.fact.connected', whoAndWhen(graph.by.name, graph.connectedAt, speech))]),
  ];
}

function whoAndWhen(name: string, at: string, speech: Speech): string {
  return speech.say('usage.connectedBy', { when: speech.dateTime(at), who: plain(name) });
}

function meteredText(metering: Metering | undefined, speech: Speech): string {
  if (metering === undefined) return speech.say('usage.metered.all');
  const { from, setBy } = metering;
  return speech.say('usage.meteredBy', { time: speech.dateTime(from), who: plain(setBy.name) });
}

function keptText(
  { calls: count, spend }: NonNullable<Account['usage']['unmetered']>,
  { currency }: Pick<Account, 'currency'>,
  speech: Speech,
): string {
  return speech.say('usage.kept', { count, amount: speech.money(money(spend, currency)) });
}

function buttonsOf(
  { account, isAdmin, isConfigured }: UsageCardFacts,
  speech: Speech,
): readonly PanelButton[] {
  const { graph, openIssues } = account.usage;
  const button = (key: StringKey, verb: string): PanelButton => clickButton(speech.say(key), { verb });
  const connect = isConfigured && graph === undefined;
  const forAdmins = [
    ...(connect ? [clickButton(speech.say('usage.button.connect'), { verb: 'usage.form' }, 'positive')] : []),
    ...(graph === undefined ? [] : [button('usage.button.collect', 'usage.collect')]),
    ...(connect ? [] : [button('usage.button.start', 'usage.form')]),
    ...(graph === undefined ? [] : [button('usage.button.disconnect', 'usage.askOff')]),
    ...(openIssues > 0 ? [button('usageIssues.list', 'usageIssues.show')] : []),
  ];
  return [...(isAdmin ? forAdmins : []), button('usage.button.refresh', 'usage.refresh')];
}
