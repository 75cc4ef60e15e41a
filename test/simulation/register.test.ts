import { Register } from '../../scripts/simulation/actors/register.js';

describe('the charges that a call record may stand at', () => {
  test('after one acknowledged delivery behind the other: the last one only', () => {
    const register = new Register();
    register.end(register.begin('r', 1n));
    register.end(register.begin('r', 2n));
    expect([register.allows('r', 1n), register.allows('r', 2n)]).toEqual([false, true]);
  });

  test('while deliveries overlap: any of theirs', () => {
    const register = new Register();
    const [one, other] = [register.begin('r', 1n), register.begin('r', 2n)];
    register.end(other);
    register.end(one);
    expect([register.allows('r', 1n), register.allows('r', 2n)]).toEqual([true, true]);
  });

  test('a delivery without an answer may still come true', () => {
    const register = new Register();
    register.begin('r', 1n);
    register.end(register.begin('r', 2n));
    expect([register.allows('r', 1n), register.allows('r', 2n), register.allows('r', 3n)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('a delivery that took no effect leaves what stood before', () => {
    const register = new Register();
    register.end(register.begin('r', 1n));
    register.withdraw(register.begin('r', 2n));
    expect([register.allows('r', 1n), register.allows('r', 2n)]).toEqual([true, false]);
  });
});
