/** Single calls, newest usage first, a page at a time. */
import type { StoredCall } from '../billing/ledger/model.js';
import { money, type Currency } from '../billing/money.js';
import { destinationName, durationText, numberOfCall, userOfCall, type Reader } from './call-words.js';
import { plain, renderCard, type Card } from './render.js';
import template from './templates/calls.json' with { type: 'json' };

/** What a button of this card sends back. */
export type CallsTarget = Readonly<Record<string, string>>;

export interface CallsFacts {
  readonly currency: Currency;
  readonly timeZone: string;
  readonly calls: readonly StoredCall[];
  readonly older?: CallsTarget;
  readonly newer?: CallsTarget;
  /** The spend card that this was opened from. */
  readonly back: CallsTarget;
}

/** `reader.speech` speaks in the account's time zone. */
export function callsCard(facts: CallsFacts, reader: Reader): Card {
  const { speech } = reader;
  const heading = speech.say('calls.heading');
  const data = {
    heading,
    intro: speech.say(reader.seesPeople ? 'calls.intro' : 'calls.introMasked', { timeZone: facts.timeZone }),
    empty: facts.calls.length === 0 ? speech.say('calls.empty') : '',
    calls: facts.calls.map((call) => ({
      start: speech.dateTime(call.start),
      charge: speech.money(money(call.charge, facts.currency)),
      line: lineOf(call, reader),
    })),
    actions: actionsOf(facts, reader),
  };
  return renderCard(template, data, heading);
}

function lineOf(call: StoredCall, reader: Reader): string {
  const parts = [
    destinationName(call.details['destinationName'], reader),
    numberOfCall(call, reader),
    durationText(call.durationSeconds, reader.speech),
    userOfCall(call, reader),
  ];
  return parts
    .filter((part) => part !== undefined)
    .map(plain)
    .join(' · ');
}

function actionsOf({ older, newer, back }: CallsFacts, { speech }: Reader) {
  const button = (title: string, verb: string, target: CallsTarget) => ({ title, data: { verb, ...target } });
  return [
    ...(newer === undefined ? [] : [button(speech.say('calls.newer'), 'spend.calls', newer)]),
    ...(older === undefined ? [] : [button(speech.say('calls.older'), 'spend.calls', older)]),
    button(speech.say('calls.back'), 'spend.show', back),
  ];
}
