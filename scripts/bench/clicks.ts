/** Clicks on "Refresh" of a balance card, as Teams sends them, over connections that stay open. */
import { Agent, request } from 'node:http';

/** Eight people of one tenant, each in their own chat. */
const PEOPLE = 8;
const TENANT = '11111111-1111-4111-8111-111111111111';

export { TENANT as BENCH_TENANT };

export function personId(connection: number): string {
  return `aaaaaaaa-0000-4000-8000-00000000000${connection % PEOPLE}`;
}

let clicks = 0;

export function clickOf(connection: number, verb: string, data: object = {}): object {
  clicks += 1;
  const person = personId(connection);
  return {
    type: 'invoke',
    name: 'adaptiveCard/action',
    id: `click-${process.pid}-${clicks}`,
    timestamp: new Date().toISOString(),
    channelId: 'msteams',
    serviceUrl: 'http://127.0.0.1:9/',
    from: { id: `29:${person}`, name: 'Ada Admin', aadObjectId: person },
    conversation: { conversationType: 'personal', tenantId: TENANT, id: `a:${person}` },
    recipient: { id: '28:bot', name: 'Communications Credits' },
    channelData: { tenant: { id: TENANT } },
    locale: 'en-US',
    replyToId: 'f:1',
    value: { action: { type: 'Action.Execute', verb, data: { verb, ...data } }, trigger: 'manual' },
  };
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** One connection that stays open. */
export class Connection {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private readonly url: URL;

  constructor(url: string) {
    this.url = new URL(url);
  }

  post(path: string, body: string | Buffer): Promise<HttpAnswer> {
    const { hostname, port } = this.url;
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const sending = request(
        { hostname, port, path, method: 'POST', headers, agent: this.agent },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => {
            resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
          });
        },
      );
      sending.on('error', reject);
      sending.end(body);
    });
  }

  async click(connection: number, verb: string, data: object = {}): Promise<HttpAnswer> {
    const answer = await this.post('/api/messages', JSON.stringify(clickOf(connection, verb, data)));
    if (answer.status !== 200 || !answer.text.includes('AdaptiveCard'))
      throw new Error(`no card came back: ${answer.status} ${answer.text.slice(0, 500)}`);
    return answer;
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Milliseconds of each click, `perConnection` one after the other on each of so many connections. */
export async function clickTimes(
  url: string,
  load: { readonly connections: number; readonly perConnection: number },
): Promise<readonly number[]> {
  const times: number[] = [];
  const clickOn = async (index: number): Promise<void> => {
    const connection = new Connection(url);
    for (let click = 0; click < load.perConnection; click += 1) {
      const started = performance.now();
      await connection.click(index, 'balance.refresh');
      times.push(performance.now() - started);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: load.connections }, (_, index) => clickOn(index)));
  return times;
}
