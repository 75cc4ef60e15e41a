import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { strToU8, zipSync } from 'fflate';
import { ATTEMPTS_MAX, DELAY_MS_MAX } from '../../scripts/usage/post.js';
import { runUsage } from '../../scripts/usage/run.js';
import { csvExport } from '../support/csv-export.js';

const ANSWER = {
  charged: { count: 3, amount: '1.25' },
  corrected: { count: 1, amount: '-0.1' },
  unchanged: 2,
  kept: { count: 0, amount: '0' },
  compared: [],
  incomplete: [],
  skipped: { notPrepaid: 4 },
  quarantined: [{ id: 'row-1', reason: 'wrongCurrency' }],
  currency: 'USD',
  balance: '-3.5',
};

interface Request {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Of JSON. */
  readonly rows: readonly unknown[];
}

interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** What the stub answers to the requests, in order; then the usual answer. */
let replies: Reply[] = [];
let requests: Request[] = [];
let server: Server;
let url = '';
const folder = mkdtempSync(join(tmpdir(), 'usage-'));

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const isJson = request.headers['content-type'] === 'application/json';
      const rows = isJson ? (JSON.parse(body.toString()) as { value: readonly unknown[] }).value : [];
      requests.push({ url: request.url, headers: request.headers, body, rows });
      const { status = 200, headers = {}, body: answer = ANSWER } = replies.shift() ?? {};
      // Not chained: restify, where another suite loaded it in this process, gives `writeHead` back without a value.
      response.writeHead(status, headers);
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  replies = [];
  requests = [];
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
});

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  const isPlain = typeof content === 'string' || Buffer.isBuffer(content);
  writeFileSync(path, isPlain ? content : JSON.stringify(content));
  return path;
}

function page(count: number): string {
  return file(`${count}.json`, {
    value: Array.from({ length: count }, (_, index) => ({ id: `row-${index}` })),
  });
}

async function run(args: readonly string[], { env = {}, isTTY = false } = {}) {
  const [out, err] = [Object.assign(new PassThrough(), { isTTY }), new PassThrough()];
  const delays: number[] = [];
  const code = await runUsage(args, {
    env: { PORT: url.split(':')[2], ...env },
    out,
    err,
    sleep: async (milliseconds) => delays.push(milliseconds),
    now: () => Date.UTC(2026, 10, 22, 18, 30),
  });
  return { code, out: String(out.read() ?? ''), err: String(err.read() ?? ''), delays };
}

describe('npm run usage', () => {
  it('sends the rows of a file, as a page, to the account that the Playground uses', async () => {
    expect(await run([page(3)])).toMatchObject({ code: 0, err: '' });
    expect(requests).toMatchObject([
      {
        url: '/api/usage/00000000-0000-0000-0000-0000000000001',
        rows: [{ id: 'row-0' }, { id: 'row-1' }, { id: 'row-2' }],
      },
    ]);
    expect(requests[0]?.headers.authorization).toBeUndefined();
  });

  it('takes address, tenant and key from the options, before the environment', async () => {
    const env = { PORT: '1', DEV_TENANT_ID: 'other', USAGE_KEY: 'other' };
    await run([page(1), '--url', `${url}/`, '--tenant', 'a/b', '--key', 'k1'], { env });
    expect(requests[0]).toMatchObject({ url: '/api/usage/a%2Fb', headers: { authorization: 'Bearer k1' } });
    await run([page(1)], { env: { DEV_TENANT_ID: 'dev', USAGE_KEY: 'k2' } });
    expect(requests[1]).toMatchObject({ url: '/api/usage/dev', headers: { authorization: 'Bearer k2' } });
  });

  it('cuts many rows into requests of at most 1000, in order', async () => {
    const { out } = await run([page(2500)]);
    expect(requests.map((request) => request.rows.length)).toEqual([1000, 1000, 500]);
    expect(requests.flatMap((request) => request.rows).at(-1)).toEqual({ id: 'row-2499' });
    expect(out).toContain('2,500 rows sent');
  });

  it('cuts large rows into smaller requests, by their bytes', async () => {
    const rows = Array.from({ length: 8 }, (_, index) => ({ id: index, operator: 'x'.repeat(200_000) }));
    await run([file('large.json', rows)]);
    expect(requests.map((request) => request.rows.length)).toEqual([2, 2, 2, 2]);
  });

  it('waits between requests when asked to', async () => {
    const { delays } = await run([page(5), '--chunk', '2', '--pause', '700']);
    expect([requests.length, delays]).toEqual([3, [700, 700]]);
  });

  it('adds up what was charged, to the last decimal', async () => {
    replies = ['0.1', '0.2', '0.000001'].map((amount) => ({
      body: { ...ANSWER, charged: { count: 1000, amount } },
    }));
    const { out } = await run([page(3), '--chunk', '1']);
    expect(out).toMatch(/charged +3,000 +USD 0\.300001$/m);
    expect(out).toMatch(/corrected +3 +USD -0\.30$/m);
    expect(out).toMatch(/unchanged +6 /);
    expect(out).toMatch(/skipped +12 +notPrepaid \(.*MCOPSTNPP/);
    expect(out).toMatch(/quarantined +3 +wrongCurrency \(another currency/);
    expect(out).toContain('Balance after: USD -3.50\n');
  });

  it('names the first ten quarantined rows, and nothing in their ids steers the terminal', async () => {
    const quarantined = Array.from({ length: 12 }, (_, index) => ({
      id: `bad-${index}\u001b[2J`,
      reason: 'constructor',
    }));
    replies = [{ body: { ...ANSWER, quarantined: [{ reason: 'noId' }, ...quarantined] } }];
    const { out } = await run([page(1)]);
    expect(out).toContain('bad-9');
    expect(out).not.toContain('bad-10');
    expect(out).toContain('and 2 more');
    expect(out).toContain('(no id)');
    expect(out).not.toContain('\u001b');
  });

  it('shows a progress bar for many rows in a terminal only', async () => {
    expect((await run([page(2500)], { isTTY: true })).out).toContain('of 2500 rows');
    expect((await run([page(3)], { isTTY: true })).out).not.toContain('of 3 rows');
    expect((await run([page(2500)])).out).not.toContain('of 2500 rows');
  });

  it('plays the busy day and generated rows without a file', async () => {
    await run(['--sample', 'busy-day']);
    await run(['--generate', '20', '--days', '2', '--seed', '7']);
    expect(requests.map((request) => request.rows.length)).toEqual([160, 20]);
  });

  it('writes the same file for the same seed, and sends nothing', async () => {
    const [one, two] = [join(folder, 'one.json'), join(folder, 'two.json')];
    expect(await run(['--generate', '50', '--out', one])).toMatchObject({ code: 0 });
    await run(['--generate', '50', '--out', two]);
    expect(readFileSync(one, 'utf8')).toBe(readFileSync(two, 'utf8'));
    expect(requests).toEqual([]);
  });
});

const COMPARED = {
  date: '2026-11-17',
  first: 'graph',
  second: 'csv',
  charged: { count: 3, amount: '6.5' },
  delivered: { count: 2, amount: '5' },
  differing: { count: 1, amount: '-0.25' },
  onlyDelivered: { count: 0, amount: '0' },
  onlyCharged: { count: 1, amount: '1.25' },
};

describe('the admin center’s export', () => {
  const csv = csvExport([{ UsageId: 'a' }, { UsageId: 'b', Charge: '1.05' }]);

  it.each([
    ['export.csv', Buffer.from(csv), 'text/csv'],
    ['EXPORT.CSV', Buffer.from(csv), 'text/csv'],
    ['export.zip', Buffer.from(zipSync({ 'PSTN.calls.csv': strToU8(csv) })), 'application/zip'],
  ])('%s goes as it is, in one request', async (name, content, type) => {
    const { code, out } = await run([file(name, content), '--chunk', '1']);
    expect([code, requests.length]).toEqual([0, 1]);
    expect(requests[0]?.headers['content-type']).toBe(type);
    expect(requests[0]?.body.equals(content)).toBe(true);
    expect(out).toContain('2 rows sent');
  });

  it('is told apart from what was charged before, day by day', async () => {
    replies = [{ body: { ...ANSWER, compared: [COMPARED] } }];
    const { out } = await run([file('export.csv', csv)]);
    expect(out).toContain(
      "2026-11-17 was charged from Microsoft Graph: what the admin center's export says is compared, and not charged",
    );
    expect(out).toMatch(/charged before +3 +USD 6\.50$/m);
    expect(out).toMatch(/now delivered +2 +USD 5\.00$/m);
    expect(out).toMatch(/other than by rounding +1 +USD -0\.25$/m);
    expect(out).toMatch(/not charged before +0 +USD 0\.00$/m);
    expect(out).toMatch(/not delivered now +1 +USD 1\.25$/m);
  });

  it('is compared once for a day that came in several requests', async () => {
    const rest = { charged: COMPARED.charged, delivered: { count: 1, amount: '1.25' } };
    const onlyCharged = { count: 2, amount: '5.25' };
    replies = [
      { body: { ...ANSWER, compared: [COMPARED] } },
      { body: { ...ANSWER, compared: [{ ...COMPARED, ...rest, onlyCharged }] } },
    ];
    const { out } = await run([page(2), '--chunk', '1']);
    expect(out.match(/2026-11-17/gu)).toHaveLength(1);
    expect(out).toMatch(/now delivered +3 +USD 6\.25$/m);
    expect(out).toMatch(/not delivered now +0 +USD 0\.00$/m);
  });

  it('is asked for again where it has a part of a day only', async () => {
    replies = [{ body: { ...ANSWER, incomplete: [{ date: '2026-11-30', count: 1200 }] } }];
    expect((await run([file('export.csv', csv)])).out).toContain(
      '2026-11-30 day incomplete, 1,200 rows not taken: export it again with the days around it, once it is over',
    );
    expect((await run([file('export.csv', csv)])).out).not.toContain('incomplete');
  });

  it('says of a day that was only kept before that it was kept', async () => {
    const charged = { count: 0, amount: '0' };
    replies = [{ body: { ...ANSWER, compared: [{ ...COMPARED, charged }] } }];
    expect((await run([file('export.csv', csv)])).out).toContain('2026-11-17 was kept from Microsoft Graph');
  });

  it('may hold calls from before the start of metering: they are told apart', async () => {
    replies = [{ body: { ...ANSWER, kept: { count: 7, amount: '2.1' } } }];
    expect((await run([file('export.csv', csv)])).out).toMatch(
      /kept +7 +USD 2\.10, not charged: before the start of metering$/m,
    );
    expect((await run([file('export.csv', csv)])).out).not.toContain('kept');
  });

  it.each([
    ['has another header', 'UsageId,Price\n1,2\n', 'no PSTN usage export'],
    ['holds no calls', csvExport([]), 'It holds no calls'],
    ['is a damaged archive', 'PK\u0003\u0004', 'damaged'],
    ['has too many rows', csvExport(Array(20_001).fill({ UsageId: 'a' })), '20001 rows'],
  ])('is refused before it is sent when it %s', async (_, content, sentence) => {
    const path = file('bad.csv', content);
    const { code, err } = await run([path]);
    expect([code, requests]).toEqual([2, []]);
    expect(err).toContain(`${path}: `);
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('of more than 8 MB is refused with a way out', async () => {
    const UPN = 'x'.repeat(60_000);
    const rows = Array.from({ length: 150 }, (_, index) => ({ UsageId: `a-${index}`, 'User Location': UPN }));
    const { code, err } = await run([file('wide.csv', csvExport(rows))]);
    expect(code).toBe(2);
    expect(err).toContain('larger than 8 MB');
    expect(err).toContain('send the .zip, or export fewer days');
  });
});

describe('a bot that does not answer as it should', () => {
  it('is asked again when it is busy, and the wait it names is kept', async () => {
    replies = [
      { status: 503 },
      { status: 429, headers: { 'retry-after': '3' } },
      { status: 429, headers: { 'retry-after': '900' } },
    ];
    const { code, delays } = await run([page(1)]);
    expect([code, delays]).toEqual([0, [250, 3000, DELAY_MS_MAX]]);
  });

  it('is asked a bounded number of times; what was taken before is told', async () => {
    replies = [{}, ...Array.from({ length: 99 }, () => ({ status: 503 }))];
    const { code, out, err } = await run([page(2), '--chunk', '1']);
    expect([code, requests.length]).toEqual([1, 1 + ATTEMPTS_MAX]);
    expect(out).toContain('1 of 2 rows sent');
    expect(out).toContain('no record is charged twice');
    expect(err).toContain('answers 503');
  });

  it('is perhaps not running: the sentence says how to start it', async () => {
    const { code, out, err } = await run([page(1), '--url', 'http://127.0.0.1:1']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain("can't be reached (");
    expect(err).toContain('Is the bot running? npm start');
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    [401, 'USAGE_KEY'],
    [404, 'no such tenant'],
    [413, '--chunk'],
    [500, 'answered 500'],
  ])('says in a sentence what %d means, and is not asked again', async (status, sentence) => {
    replies = [{ status, body: 'no\u001b[2J' }];
    const { code, err } = await run([page(1)]);
    expect([code, requests.length]).toEqual([1, 1]);
    expect(err).toContain(sentence);
    expect(err).not.toContain('\u001b');
  });

  it.each([['<html>'], [{}], [{ ...ANSWER, balance: 'much' }], [{ ...ANSWER, currency: 'XXX' }]])(
    'may be another program: %j is not believed',
    async (body) => {
      replies = [{ body }];
      const { code, err } = await run([page(1)]);
      expect(code).toBe(1);
      expect(err).toContain('another program');
    },
  );
});

describe('a file or option that makes no sense', () => {
  it.each([
    ['is missing', () => '/nowhere/rows.json', 'there is no such file'],
    ['is a folder', () => folder, "can't be read"],
    ['is not JSON', () => file('bad.json', '{"value": ['), 'is not JSON'],
    ['holds something else', () => file('else.json', { id: 'x' }), 'holds no call records'],
    ['is empty', () => file('empty.json', []), 'holds no rows'],
  ])('is named in a sentence when it %s', async (_, path, sentence) => {
    const { code, err } = await run([path()]);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(requests).toEqual([]);
  });

  it('may begin with a byte order mark', async () => {
    expect(await run([file('bom.json', '\uFEFF[{"id":"a"}]')])).toMatchObject({ code: 0 });
  });

  it.each([
    [[], 'Name one file'],
    [['a.json', 'b.json'], 'only one file'],
    [['a.json', '--generate', '5'], 'Name one file'],
    [['a.json', '--out', 'b.json'], '--out goes with'],
    [['--generate', '1e3'], '--generate takes a whole number'],
    [['--generate', '0'], '--generate takes a whole number'],
    [['--generate', '5', '--days', '-1'], 'days'],
    [['--generate', '5', '--end', 'soon'], '--end takes a time'],
    [['--sample', 'quiet-day'], '--sample takes busy-day'],
    [['a.json', '--chunk', '5000'], '--chunk takes'],
    [['a.json', '--url', 'ftp://x'], '--url takes'],
    [['a.json', '--what'], '--what'],
  ])('%j is refused with a sentence and the help', async (args, sentence) => {
    const { code, err } = await run(args);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(err).toContain('npm run usage -- FILE');
  });

  it('is explained on request', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('npm run usage -- FILE');
  });
});

/** A script that hangs fails its test, and leaves no process behind. */
const SCRIPT_MS_MAX = 15_000;

describe('the script itself', () => {
  it('runs from the command line and exits with the code', async () => {
    const args = ['--import', 'tsx', 'scripts/usage.ts', page(1), '--url', url];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: SCRIPT_MS_MAX });
    expect(stdout).toContain('Balance after: USD -3.50');
    const failed = promisify(execFile)(process.execPath, [...args.slice(0, 3), '/nowhere'], {
      timeout: SCRIPT_MS_MAX,
    });
    await expect(failed).rejects.toMatchObject({ code: 2 });
  });
});
