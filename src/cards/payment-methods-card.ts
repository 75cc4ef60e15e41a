/** All stored cards: what each is called, until when it is valid, and what it is used for. */
import type { PaymentMethod } from '../billing/payments/processor.js';
import type { PanelStyle } from './panel.js';
import { methodName } from './payment-method.js';
import { clickButton, type ClickButton } from './payment-view.js';
import { renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import { expirySentence, missingCards, spokenName, usesOf, type WalletFacts } from './stored-card.js';
import template from './templates/payment-methods.json' with { type: 'json' };

/** As many as are looked through at once; the others are on further pages. */
export const CARDS_PER_PAGE = 6;

/** What came of the click before. */
export interface Banner {
  readonly style: PanelStyle;
  readonly lines: readonly string[];
}

export interface CardListFacts extends WalletFacts {
  /** Where this page begins. */
  readonly from: number;
  readonly banner?: Banner;
}

export function paymentMethodsCard(facts: CardListFacts, speech: Speech): Card {
  const { methods, banner } = facts;
  const from = facts.from < methods.length ? facts.from : 0;
  const shown = methods.slice(from, from + CARDS_PER_PAGE);
  const title = speech.say('wallet.title');
  const count = methods.length;
  const pages = count > CARDS_PER_PAGE;
  const intro = pages
    ? speech.say('wallet.intro.page', { from: from + 1, to: from + shown.length, count })
    : speech.say('wallet.intro', { count });
  const missing = missingCards(facts, speech);
  const data = {
    title,
    intro,
    boxes: [
      ...(banner === undefined ? [] : [banner]),
      ...(missing.length === 0 ? [] : [{ style: 'warning', lines: missing }]),
    ],
    rows: shown.map((method) => row(method, facts, speech)),
    buttons: [
      clickButton(speech.say('wallet.button.add'), { verb: 'paymentMethods.add' }, 'positive'),
      ...pageButtons({ from, count }, speech),
      clickButton(speech.say('alert.button.rule'), { verb: 'autoRecharge.form' }),
      clickButton(speech.say('payment.button.addFunds'), { verb: 'addFunds.form' }),
    ],
  };
  return renderCard(template, data, `${title}. ${intro}`);
}

function row(method: PaymentMethod, facts: WalletFacts, speech: Speech): object {
  const { id, scenario } = method;
  const manage = speech.say('wallet.button.manage');
  const does =
    scenario === undefined
      ? []
      : [speech.say('wallet.test', { scenario: speech.say(`method.test.${scenario}`) })];
  const uses = usesOf(method, facts, speech);
  return {
    id,
    name: spokenName(method, speech),
    uses: uses.length === 0 ? [] : [uses.join(' · ')],
    details: [expirySentence(method, facts.now, speech), ...does],
    manage,
    // The same word on every row: a screen reader needs to hear of which card.
    manageTip: `${manage}: ${methodName(method, speech)}`,
  };
}

function pageButtons(
  { from, count }: { readonly from: number; readonly count: number },
  speech: Speech,
): readonly ClickButton[] {
  const page = (key: 'wallet.button.more' | 'wallet.button.first', start: number): ClickButton =>
    clickButton(speech.say(key), { verb: 'paymentMethods.page', from: start.toString() });
  return [
    ...(from + CARDS_PER_PAGE < count ? [page('wallet.button.more', from + CARDS_PER_PAGE)] : []),
    ...(from > 0 ? [page('wallet.button.first', 0)] : []),
  ];
}
