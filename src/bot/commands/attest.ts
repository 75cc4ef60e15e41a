/**
 * `added 100`: where the bot can't pay, a person says what was bought. Form → preview → confirmation → receipt; credited
 * by that person's word, and settled with the request that it answers.
 */
import * as z from 'zod';
import type { Refusal } from '../../billing/ledger/world.js';
import { money } from '../../billing/money.js';
import { attestReceipt, NO_REQUEST } from '../../cards/attest-card.js';
import { noticeCard } from '../../cards/notice.js';
import type { Card } from '../../cards/render.js';
import type { Speech } from '../../cards/speech.js';
import {
  alreadyRecorded,
  formCard,
  openCounter,
  openTerms,
  previewCard,
  previewOrForm,
  type Counter,
  type OpenedTerms,
} from '../attest/desk.js';
import { emptyForm, typedPurchase, type Terms, type Typed } from '../attest/terms.js';
import { action, post, replace, type Command, type Reply } from '../command.js';
import { notices } from '../notices.js';
import { inPurchaseMode, speechHere } from '../purchase-mode.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

/** Far more than a field needs; it says so where what was typed is too long. */
const FIELD_CHARS_MAX = 20_000;

const field = z.string().max(FIELD_CHARS_MAX).default('');
const noData = z.looseObject({});
const answerData = z.looseObject({ id: z.string().min(1).max(200) });
/** `shown` is the day that stood in the picker: clients may leave out an untouched one. */
const fields = z.looseObject({ amount: field, date: field, shown: field, invoice: field, request: field });
const sealed = z.looseObject({ token: z.string().min(1).max(4_000) });

export const attestCommand: Command = {
  role: 'admin',
  paidBy: ['adminCenter'],
  run: inPurchaseMode(async ({ rest }, turn, services) => {
    const counter = await openCounter(turn, services);
    if (rest === '') return post(formCard(counter, emptyForm(counter)));
    const typed = typedPurchase(rest, counter);
    // Words alone never lead past the form: the day and the invoice are stated, not guessed.
    return post(formCard(counter, typed));
  }),
  actions: {
    answer: action(
      'admin',
      answerData,
      inPurchaseMode(({ id }, turn, services) => answer(id, turn, services)),
    ),
    form: action(
      'admin',
      noData,
      inPurchaseMode(async (_data, turn, services) => {
        const counter = await openCounter(turn, services);
        return post(formCard(counter, emptyForm(counter)));
      }),
    ),
    preview: action(
      'admin',
      fields,
      inPurchaseMode(async (data, turn, services) =>
        replace(await previewOrForm(await openCounter(turn, services), typedIn(data))),
      ),
    ),
    change: action(
      'admin',
      sealed,
      inPurchaseMode(({ token }, turn, services) => change(token, turn, services)),
    ),
    confirm: action(
      'admin',
      sealed,
      inPurchaseMode(({ token }, turn, services) => confirm(token, turn, services)),
    ),
    discard: action('admin', noData, async (_data, turn, services) =>
      replace(discarded(speechHere(turn, services))),
    ),
  },
};

function typedIn({ amount, date, shown, invoice, request }: z.output<typeof fields>): Typed {
  const answers = request === NO_REQUEST ? '' : request;
  return { amount, date: date === '' ? shown : date, invoice, request: answers };
}

/** "I have added it" on the card of a request: its amount stands in the form, and can be another one. */
async function answer(id: string, turn: Turn, services: Services): Promise<Reply> {
  const counter = await openCounter(turn, services);
  const payment = await services.billing.reader.payment(turn.tenant, id);
  if (payment === undefined) return post(notices.stale(turn.speech));
  const isOpen = counter.requests.some((request) => request.id === id);
  const amount = counter.speech.money(money(payment.amount, payment.currency));
  return post(formCard(counter, { ...emptyForm(counter), amount, request: isOpen ? id : '' }));
}

async function change(token: string, turn: Turn, services: Services): Promise<Reply> {
  const counter = await openCounter(turn, services);
  const opened = openTerms(token, counter);
  if (opened === undefined) return post(notices.stale(turn.speech));
  return replace(formCard(counter, typedAgain(opened.terms, counter)));
}

function typedAgain(
  { amount, date, invoice, paymentId }: Terms,
  { account, speech, requests }: Counter,
): Typed {
  const request = requests.some(({ id }) => id === paymentId) ? (paymentId ?? '') : '';
  return { amount: speech.money(money(amount, account.currency)), date, invoice, request };
}

async function confirm(token: string, turn: Turn, services: Services): Promise<Reply> {
  const counter = await openCounter(turn, services);
  const opened = openTerms(token, counter);
  if (opened === undefined) return post(notices.stale(turn.speech));
  if (opened.kind === 'expired') return replace(previewCard(counter, opened.terms, 'expired'));
  return record(counter, opened);
}

async function record(counter: Counter, { id, mintedAt, terms }: OpenedTerms): Promise<Reply> {
  const { turn, services, account, speech } = counter;
  const { tenant, person, now: at } = turn;
  const by = { id: person.id, name: person.name };
  const done = await services.billing.word.attest(tenant, { ...terms, by, mintedAt }, { id, mintedAt });
  const outcome = done.kind === 'done' ? 'done' : 'refused';
  await services.audit.note({ tenant, personId: by.id, did: 'attest.confirm', outcome, subject: id });
  if (done.kind === 'refused')
    return replace(await refusalCard(done.reason, await openCounter(turn, services), terms));
  return replace(attestReceipt({ ...terms, ...done.answer, currency: account.currency, by, at }, speech));
}

/** What led to the refusal came after the preview: the facts are looked at once more. */
async function refusalCard(reason: Refusal, counter: Counter, terms: Terms): Promise<Card> {
  if (reason === 'alreadyRecorded') {
    const known = await alreadyRecorded(counter, terms);
    return formCard(counter, typedAgain(terms, counter), known === undefined ? [] : [known]);
  }
  if (reason === 'anotherTopUp') return previewCard(counter, terms, 'another');
  const { paymentId: _closed, ...alone } = terms;
  if (reason === 'notOpen') return previewCard(counter, alone, 'closed');
  return previewOrForm(counter, typedAgain(terms, counter));
}

function discarded(speech: Speech): Card {
  return noticeCard({
    tone: 'info',
    title: speech.say('attest.discarded.title'),
    text: speech.say('attest.discarded.text'),
    buttons: [
      { title: speech.say('attest.form.title'), data: { verb: 'attest.form' } },
      { title: speech.say('payment.button.balance'), data: { verb: 'balance.show' } },
    ],
  });
}
