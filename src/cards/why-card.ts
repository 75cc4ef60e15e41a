/** One page of answers to "why?": recharges, those that did not happen, and alerts, mixed by time. */
import type { Alert, Explanation } from '../billing/ledger/model.js';
import type { Currency } from '../billing/money.js';
import { clickButton, type ClickButton } from './payment-view.js';
import { renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import template from './templates/why.json' with { type: 'json' };
import { alertReasons, explanationWords } from './why-words.js';

export const ANSWERS_PER_PAGE = 6;

export interface WhyFacts {
  readonly currency: Currency;
  /** Newest first; at most a page. */
  readonly answers: readonly (Explanation | Alert)[];
  /** Where the next, older page goes on; absent at the end. */
  readonly older?: string;
  readonly isNewest: boolean;
}

/** Its times are in the speech's zone: hand over one in the account's. */
export function whyCard(facts: WhyFacts, speech: Speech): Card {
  const title = speech.say('why.title');
  const empty = facts.answers.length === 0 && facts.isNewest;
  const data = {
    title,
    subtitle: speech.say(empty ? 'why.empty' : 'why.subtitle'),
    rows: facts.answers.map((answer) => ({
      ...(answer.type === 'why'
        ? explanationWords(answer, facts.currency, speech)
        : alertReasons(answer, speech)),
      when: speech.dateTime(answer.at),
    })),
    buttons: buttons(facts, speech),
  };
  return renderCard(template, data, `${title} ${data.subtitle}`);
}

function buttons({ older, isNewest }: WhyFacts, speech: Speech): readonly ClickButton[] {
  return [
    ...(isNewest ? [] : [clickButton(speech.say('why.newest'), { verb: 'why.page' })]),
    ...(older === undefined
      ? []
      : [clickButton(speech.say('why.older'), { verb: 'why.page', before: older })]),
    clickButton(speech.say('payment.button.balance'), { verb: 'balance.show' }),
    clickButton(speech.say('payment.button.history'), { verb: 'history.show' }),
  ];
}
