import { Pacer, type Going } from '../../../src/bot/pacing/pacer.js';
import type { SendResult } from '../../../src/bot/send-result.js';

const SENT: SendResult = { kind: 'sent', activityId: '1' };
/** Source: learn.microsoft.com, "Optimize your bot with rate limiting". */
const PUBLISHED = [
  { requests: 7, ms: 1_000 },
  { requests: 8, ms: 2_000 },
  { requests: 60, ms: 30_000 },
  { requests: 1_800, ms: 3_600_000 },
];

let pacer: Pacer;
/** What left, and when. */
let left: { readonly what: string; readonly at: number }[];
beforeEach(() => {
  jest.useFakeTimers();
  pacer = new Pacer();
  left = [];
});
afterEach(() => {
  jest.useRealTimers();
});

function send(what: string, going: Partial<Going> = {}): Promise<SendResult> {
  return pacer.paced({ tenant: 'tenant-one', ...going }, async () => {
    left.push({ what, at: Date.now() });
    return SENT;
  });
}

/** The most that left within any time of that length. */
function mostWithin(ms: number): number {
  let first = 0;
  let most = 0;
  left.forEach(({ at }, last) => {
    while (at - (left[first]?.at ?? at) >= ms) first += 1;
    most = Math.max(most, last - first + 1);
  });
  return most;
}

/** One who sends to it again and again, and waits each time. */
async function keepSending(count: number, going: Partial<Going>): Promise<void> {
  for (let index = 0; index < count; index += 1) await send(`${index}`, going);
}

test('a conversation gets what Teams takes, and no more in any second, two, thirty or hour', async () => {
  void keepSending(2_500, { conversation: 'on-call' });
  await jest.advanceTimersByTimeAsync(90 * 60_000);
  for (const { requests, ms } of PUBLISHED) expect(mostWithin(ms)).toBeLessThanOrEqual(requests);
  // Within one of what is allowed: an hour and a half of it.
  expect(left.length).toBeGreaterThanOrEqual(1_799);
});

test('a tenant gets at most 50 requests in any second, and nine tenths of them', async () => {
  for (let index = 0; index < 1_000; index += 1) void send(`${index}`, { conversation: `place-${index}` });
  await jest.advanceTimersByTimeAsync(10_000);
  expect(mostWithin(1_000)).toBeLessThanOrEqual(50);
  expect(left.length).toBeGreaterThanOrEqual(450);
});

test('requests without a conversation count for the tenant too', async () => {
  for (let index = 0; index < 100; index += 1) void send(`${index}`);
  await jest.advanceTimersByTimeAsync(5_000);
  expect(left).toHaveLength(100);
  expect(mostWithin(1_000)).toBeLessThanOrEqual(50);
});

test('a conversation that has to wait lets the others go first', async () => {
  for (let index = 0; index < 20; index += 1) void send('busy', { conversation: 'busy' });
  void send('free', { conversation: 'free' });
  await jest.advanceTimersByTimeAsync(500);
  expect(left.filter(({ what }) => what === 'busy').length).toBeLessThanOrEqual(7);
  expect(left.map(({ what }) => what)).toContain('free');
});

test('tenants don’t wait for each other', async () => {
  for (let index = 0; index < 200; index += 1) void send('many', { conversation: `place-${index}` });
  void send('other', { tenant: 'tenant-two' });
  await jest.advanceTimersByTimeAsync(10);
  expect(left.map(({ what }) => what)).toContain('other');
});

test('a person who waits for an answer goes before the alerts that wait already', async () => {
  for (let index = 0; index < 200; index += 1) void send('alert', { conversation: `place-${index}` });
  await jest.advanceTimersByTimeAsync(1_000);
  const before = left.length;
  void send('answer', { conversation: 'ada', isAnswer: true });
  await jest.advanceTimersByTimeAsync(200);
  expect(left.slice(before, before + 6).map(({ what }) => what)).toContain('answer');
});

test('an answer is never lost to the pacing: after two seconds the service decides', async () => {
  for (let index = 0; index < 80; index += 1) void send('alert', { conversation: 'on-call' });
  await jest.advanceTimersByTimeAsync(25_000);
  const answered = send('answer', { conversation: 'on-call', isAnswer: true });
  await jest.advanceTimersByTimeAsync(2_000);
  expect(await answered).toEqual(SENT);
});

test('an alert that would wait more than a minute is put back unsent, and uses nothing of the limit', async () => {
  const results: SendResult['kind'][] = [];
  for (let index = 0; index < 200; index += 1)
    void send('alert', { conversation: 'on-call' }).then(({ kind }) => results.push(kind));
  await jest.advanceTimersByTimeAsync(60_000);
  const put = results.filter((kind) => kind === 'throttled').length;
  expect(put).toBeGreaterThan(0);
  expect(left).toHaveLength(200 - put);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(left).toHaveLength(200 - put);
});
