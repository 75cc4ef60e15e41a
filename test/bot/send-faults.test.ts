import { ChatClient, type ClientOptions } from '../support/client.js';
import { FAULTS, StubConnector, type Fault } from '../support/connector.js';
import { startToyBot, type ToyBot } from '../support/toy-bot.js';

let connector: StubConnector;
let bot: ToyBot;

beforeEach(async () => {
  connector = await StubConnector.start();
  bot = await startToyBot({ sendTimeoutMs: 300 });
});

afterEach(async () => {
  await bot.stop();
  await connector.stop();
});

function client(options: Partial<ClientOptions> = {}): ChatClient {
  return new ChatClient({ botUrl: bot.url, connector, ...options });
}

function failures(): readonly unknown[] {
  return bot.logged
    .filter((line) => line['msg'] === 'answer not sent')
    .map((line) => line['reason'] ?? line['result']);
}

describe('an answer that the chat service', () => {
  test.each<[string, Fault]>([
    ['refuses with 412', FAULTS.preconditionFailed],
    ['loses with 502', FAULTS.badGateway],
    ['throttles for a second', FAULTS.throttled],
    ['does not acknowledge', FAULTS.silence],
  ])('%s arrives at the second try', async (_what, fault) => {
    connector.fail(fault, { times: 1 });
    const chat = client();
    const { status, sent } = await chat.say('balance');
    expect(status).toBe(200);
    expect(sent.map(({ acknowledged }) => acknowledged)).toEqual([false, true]);
    expect(failures()).toEqual([]);
  });

  test('delivers without saying so is sent again: rather twice than not at all', async () => {
    connector.fail(FAULTS.dropAfterDelivery, { times: 1 });
    const chat = client();
    await chat.say('balance');
    expect(chat.shown).toHaveLength(2);
  });

  test.each<[string, Fault]>([
    ['notInRoster', FAULTS.notInRoster],
    ['blockedByUser', FAULTS.blockedByUser],
    ['disabledByAdmin', FAULTS.disabledByAdmin],
    ['writesBlocked', FAULTS.writesBlocked],
    ['gone', FAULTS.notFound],
  ])('will not take (%s) is tried once and logged once', async (word, fault) => {
    connector.fail(fault);
    const { status, sent } = await client().say('balance');
    expect(status).toBe(200);
    expect(sent).toHaveLength(1);
    expect(failures()).toEqual([word]);
  });

  test('finds too large is replaced by a sentence', async () => {
    connector.fail(FAULTS.tooLarge, { times: 1 });
    const { text } = await client().say('balance huge');
    expect(text).toContain('The answer is too long to show here');
  });

  test('never takes is given up after a few tries, within the time that Teams waits', async () => {
    connector.fail(FAULTS.silence);
    const started = performance.now();
    const { status, sent } = await client().say('balance');
    expect(performance.now() - started).toBeLessThan(4_000);
    expect([status, sent.length]).toEqual([200, 3]);
    expect(failures()).toEqual(['retry']);
  });
});

describe('the answer to a click', () => {
  test('that could not be posted says so, instead of a tick', async () => {
    const chat = client();
    const form = await chat.say('balance');
    connector.fail(FAULTS.blockedByUser);
    const answer = await chat.click(form.card, 'post');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ statusCode: 500, type: 'application/vnd.microsoft.error' });
    expect(JSON.stringify(answer.body)).toContain('The answer could not be shown');
  });

  test('is posted anew where the clicked card was deleted meanwhile', async () => {
    const chat = client();
    const form = await chat.say('balance');
    connector.fail(FAULTS.notFound, { kind: 'update' });
    const answer = await chat.submit(form.card, 'replace');
    expect(answer.sent.map(({ kind }) => kind)).toEqual(['update', 'post']);
  });

  test('comes back in the response even where the others can’t be shown it', async () => {
    const chat = client({ scope: 'channel' });
    const form = await chat.say('balance');
    connector.fail(FAULTS.notInRoster, { kind: 'update' });
    expect((await chat.click(form.card, 'replace')).text).toContain('clicked n1');
    await bot.chat.settled();
    expect(failures()).toEqual(['notInRoster']);
  });
});
