import fc from 'fast-check';
import { rowsOf } from '../../../src/billing/usage/graph-page.js';

const [a, b, c] = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];

describe('what people have at hand', () => {
  it('may be a whole page of Graph', () => {
    expect(rowsOf({ '@odata.count': 2, value: [a, b] })).toEqual([a, b]);
  });

  it('may be an array of rows', () => {
    expect(rowsOf([a, b])).toEqual([a, b]);
  });

  it('may be an array of pages, taken in order', () => {
    expect(rowsOf([{ value: [a] }, { value: [] }, { value: [b, c] }])).toEqual([a, b, c]);
  });

  it('may be empty', () => {
    expect([rowsOf([]), rowsOf({ value: [] })]).toEqual([[], []]);
  });

  it('keeps what is no row, so that it is counted and reported', () => {
    expect(rowsOf([a, null, 7])).toEqual([a, null, 7]);
    expect(rowsOf({ value: [null] })).toEqual([null]);
  });

  it.each([[null], [7], ['text'], [{}], [{ value: 'text' }], [{ id: 'a' }]])('is not %j', (json) => {
    expect(rowsOf(json)).toBeUndefined();
  });

  it('loses no row, however it is cut into pages', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.record({ id: fc.string() }))), (pages) => {
        expect(rowsOf(pages.map((value) => ({ value })))).toEqual(pages.flat());
      }),
    );
  });
});
