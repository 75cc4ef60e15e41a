import { meansOff, typedRule } from '../../../src/bot/auto-recharge/words.js';

test.each([
  ['100 when below 20', { amount: '100', trigger: '20' }],
  ['$100 when the balance falls below $20', { amount: '$100', trigger: '$20' }],
  ['20 trigger 100 amount', { trigger: '20', amount: '100' }],
  ['trigger 20 amount 100', { trigger: '20', amount: '100' }],
  ['below 20 add 100', { trigger: '20', amount: '100' }],
  ['add 100 when < 20', { amount: '100', trigger: '20' }],
  ['100 sotto 20', { amount: '100', trigger: '20' }],
  ['100,50 € sotto 20,00 €', { amount: '100,50 €', trigger: '20,00 €' }],
  ['soglia 20 importo 100', { trigger: '20', amount: '100' }],
  ['1.000 USD below 50 USD cap 4.000 USD', { amount: '1.000 USD', trigger: '50 USD', monthCap: '4.000 USD' }],
  ['100 when below 20, at most 400', { amount: '100', trigger: '20', monthCap: '400' }],
])('“%s” is understood', (rest, rule) => {
  expect(typedRule(rest)).toEqual(rule);
});

test.each([
  ['', {}],
  ['please', {}],
  ['100', { amount: '100' }],
  ['below 20', { trigger: '20' }],
  ['100 20', {}],
  ['20 trigger 100', {}],
  ['100 when below', {}],
  ['below 20 below 30', {}],
])('of “%s” only what is clear is taken', (rest, rule) => {
  expect(typedRule(rest)).toEqual(rule);
});

test('a very long text is answered at once', () => {
  const start = performance.now();
  typedRule('1.'.repeat(50_000));
  typedRule('below 20 '.repeat(10_000));
  expect(performance.now() - start).toBeLessThan(500);
});

test('“off” turns it off, in both languages', () => {
  expect(['off', ' OFF ', 'no', 'disattiva'].map(meansOff)).toEqual([true, true, true, true]);
  expect(meansOff('100')).toBe(false);
});
