import { IncompleteCard, renderCard } from '../../src/cards/render.js';

const TEMPLATE = {
  type: 'AdaptiveCard',
  body: [{ type: 'TextBlock', text: '${text}' }],
  actions: [{ type: 'Action.Execute', title: 'Go', verb: 'go', data: { verb: 'go' } }],
};

test('the same data are drawn once, other data anew, each with its own summary', () => {
  const first = renderCard(TEMPLATE, { text: 'one' }, 'first');
  const again = renderCard(TEMPLATE, { text: 'one' }, 'again');
  expect(again.content).toBe(first.content);
  expect([first.summary, again.summary]).toEqual(['first', 'again']);
  const other = renderCard(TEMPLATE, { text: 'two' }, 'other');
  expect(other.content).toMatchObject({
    body: [{ text: 'two' }],
    actions: [{ fallback: { type: 'Action.Submit' } }],
  });
});

test('a card that may be handed out again can’t be changed', () => {
  const { content } = renderCard(TEMPLATE, { text: 'kept' }, '');
  expect(() => Object.assign(content, { body: [] })).toThrow(TypeError);
  expect(renderCard(TEMPLATE, { text: 'kept' }, '').content).toMatchObject({ body: [{ text: 'kept' }] });
});

test('however many were drawn, each shows its own data', () => {
  for (const text of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'a', 'i'])
    expect(renderCard(TEMPLATE, { text }, '').content).toMatchObject({ body: [{ text }] });
});

test('data that lack a key are refused each time', () => {
  for (const _time of [1, 2]) expect(() => renderCard(TEMPLATE, {}, '')).toThrow(IncompleteCard);
});
