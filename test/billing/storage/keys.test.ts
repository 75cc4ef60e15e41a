import fc from 'fast-check';
import { afterPrefix, encodeKeyPart, newestFirst, oldestFirst } from '../../../src/billing/storage/keys.js';
import { checkKey } from '../../../src/billing/storage/limits.js';

const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
const sequence = fc.bigInt({ min: 0n, max: 10n ** 16n - 1n });

describe('key parts', () => {
  test('any text is a valid key once it is encoded', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        checkKey(encodeKeyPart(text));
      }),
    );
  });

  test('two texts never share an encoding: it can be undone', () => {
    const decode = (key: string): string =>
      key.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    fc.assert(
      fc.property(fc.oneof(anyText, fc.constantFrom('%2f', '%252f', '/', '%%', '\u0085')), (text) => {
        expect(decode(encodeKeyPart(text))).toBe(text);
      }),
    );
  });

  test('ordinary ids stay readable', () => {
    expect(encodeKeyPart('19:abc_def@thread.tacv2')).toBe('19:abc_def@thread.tacv2');
    expect(encodeKeyPart('a/b')).toBe('a%2fb');
  });
});

describe('the order of rows', () => {
  test('newest first: a higher sequence has a lower key of the same width', () => {
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        expect(newestFirst(a) < newestFirst(b)).toBe(a > b);
        expect(newestFirst(a)).toHaveLength(16);
      }),
    );
  });

  test('oldest first: a higher sequence has a higher key of the same width', () => {
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        expect(oldestFirst(a) < oldestFirst(b)).toBe(a < b);
        expect(oldestFirst(a)).toHaveLength(16);
      }),
    );
  });

  test('every key with a prefix lies between the prefix and what comes after it, and no other', () => {
    fc.assert(
      fc.property(fc.constantFrom('entry:', 'lot:', 'day:', 'x'), anyText, (prefix, rest) => {
        const inRange = (key: string): boolean => key >= prefix && key < afterPrefix(prefix);
        expect(inRange(prefix + rest)).toBe(true);
        expect(inRange(rest)).toBe(rest.startsWith(prefix));
      }),
    );
  });
});
