import type { Card } from '../../src/cards/render.js';
import { button, buttonsOf, cardFaults, expectValidCard, textOf } from '../support/card-checks.js';

const DATA = { verb: 'balance.show' };
const SHOW = {
  type: 'Action.Execute',
  title: 'Balance',
  verb: 'balance.show',
  data: DATA,
  fallback: { type: 'Action.Submit', title: 'Balance', data: DATA },
};

function cardOf(...body: object[]): Card {
  return cardWith({ body });
}

function cardWith(more: object): Card {
  const $schema = 'http://adaptivecards.io/schemas/adaptive-card.json';
  return {
    content: { type: 'AdaptiveCard', $schema, version: '1.5', body: [], ...more },
    summary: 'Balance',
  };
}

const GOOD: readonly object[] = [
  { type: 'TextBlock', text: 'Balance', style: 'heading', wrap: true },
  { type: 'Input.Text', id: 'amount', label: 'Amount', value: '50' },
  { type: 'Image', url: 'https://example.com/a.png', altText: 'A chart' },
  { type: 'Chart.Donut', data: [], fallback: { type: 'TextBlock', text: 'Italy: $3', wrap: true } },
];

test('a good card has no fault', () => {
  expectValidCard(cardWith({ body: GOOD, actions: [SHOW] }));
});

test.each<[string, Card, string]>([
  ['a version that Teams does not know', cardWith({ version: '1.6' }), 'version 1.6 is above 1.5'],
  ['a missing version', cardWith({ version: undefined }), 'version undefined is above 1.5'],
  ['another type', cardWith({ type: 'Card' }), 'type is not AdaptiveCard'],
  ['a missing schema', cardWith({ $schema: undefined }), '$schema is missing'],
  [
    'an expression left in',
    cardOf({ type: 'TextBlock', text: '${name}' }),
    'an expression was not filled in',
  ],
  ['an empty summary', { ...cardOf(), summary: ' ' }, 'summary is empty'],
  [
    'a colour that does not exist',
    cardOf({ type: 'TextBlock', text: 'a', color: 'blue' }),
    'Invalid value "blue"',
  ],
  ['a chart without fallback', cardOf({ type: 'Chart.Donut', data: [] }), 'Chart.Donut has no fallback'],
  ['a badge without fallback', cardOf({ type: 'Badge', text: 'new' }), 'Badge has no fallback'],
  [
    'an extension in a column of a container',
    cardOf(within({ type: 'ProgressBar', value: 1 })),
    'ProgressBar has no fallback',
  ],
  ['an input without label', cardOf({ type: 'Input.Text', id: 'amount' }), 'Input.Text amount has no label'],
  [
    'an input without id',
    cardOf({ type: 'Input.Text', label: 'Amount' }),
    'All inputs must have a unique Id',
  ],
  ['an image without alt text', cardOf({ type: 'Image', url: 'https://a.b/c.png' }), 'Image has no altText'],
  ['seven buttons', cardWith({ actions: Array(7).fill(SHOW) }), 'AdaptiveCard has 7 actions'],
  [
    'seven buttons inside the body',
    cardOf({ type: 'ActionSet', actions: Array(7).fill(SHOW) }),
    'ActionSet has 7 actions',
  ],
  ['a button without title', cardWith({ actions: [{ ...SHOW, title: '' }] }), 'Action.Execute has no title'],
  [
    'a button without fallback',
    cardWith({ actions: [{ ...SHOW, fallback: undefined }] }),
    'no Submit fallback',
  ],
  [
    'a fallback that submits something else',
    cardWith({ actions: [{ ...SHOW, fallback: { ...SHOW.fallback, data: {} } }] }),
    'submits other data',
  ],
  [
    'a verb unlike its data',
    cardWith({ actions: [{ ...SHOW, verb: 'help.show' }] }),
    'another verb in its data',
  ],
  ['a button without verb', cardWith({ actions: [{ ...SHOW, verb: undefined }] }), 'has no verb'],
  [
    'a row to click without fallback',
    cardOf(clickable({ ...SHOW, fallback: undefined })),
    'no Submit fallback',
  ],
  ['a boolean given as text', cardOf({ type: 'TextBlock', text: 'a', wrap: 'true' }), 'wrap is no boolean'],
  ['a text given as a number', cardOf({ type: 'TextBlock', text: 5 }), 'TextBlock.text is no text'],
  ['too many words', cardOf({ type: 'TextBlock', text: 'a'.repeat(12_800) }), 'bytes as UTF-16'],
])('%s is a fault', (_name, card, fault) => {
  expect(cardFaults(card).join('\n')).toContain(fault);
  expect(() => {
    expectValidCard(card);
  }).toThrow();
});

function within(element: object): object {
  const columns = [{ type: 'Column', items: [element] }];
  return { type: 'Container', items: [{ type: 'ColumnSet', columns }] };
}

function clickable(selectAction: object): object {
  return { type: 'Container', selectAction, items: [] };
}

test('the text of a card is all that a person reads, and nothing else', () => {
  const facts = [{ title: 'Spent', value: '$1.00' }];
  const choices = [{ title: 'Visa', value: 'pm_1' }];
  const card = cardOf(
    { type: 'TextBlock', text: 'Ada \\*Admin\\* &lt;b>, 50,00\u00a0€' },
    { type: 'FactSet', facts },
    { type: 'Input.ChoiceSet', id: 'method', label: 'Card', choices },
    { type: 'Chart.Donut', data: [{ legend: 'x' }], fallback: { type: 'TextBlock', text: 'in words' } },
    clickable({ ...SHOW, data: { ...DATA, text: 'hidden' } }),
  );
  expect(textOf(card).split('\n')).toEqual([
    ...['Ada *Admin* <b>, 50,00 €', 'Spent', '$1.00', 'Card', 'Visa', 'in words', 'Balance'],
  ]);
});

test('a button is found by its title, and a missing one names the others', () => {
  const card = cardWith({ actions: [SHOW] });
  expect(button(card, 'Balance')).toEqual({
    title: 'Balance',
    type: 'Action.Execute',
    verb: 'balance.show',
    data: DATA,
  });
  expect(buttonsOf(card)).toHaveLength(1);
  expect(() => button(card, 'Help')).toThrow('no button “Help”, but “Balance”');
});
