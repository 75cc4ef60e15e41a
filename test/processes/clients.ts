/** Who uses the bots while they are killed: sends again, to whichever answers, until there is an answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { buttonsOf } from '../support/card-nodes.js';
import { ChatClient, type Answer } from '../support/client.js';
import type { StubConnector } from '../support/connector.js';
import { graphRow } from '../support/graph-rows.js';
import type { Persona } from '../support/activities.js';

const TRY_AGAIN_MS = 150;
/** A killed process closes its connections at once; this is for one that hangs, which would be a fault. */
const ANSWER_MS_MAX = 60_000;
const CARDS = [
  ...Array<string>(8).fill('succeeds'),
  'timeoutAfterCharging',
  'timeoutBeforeCharging',
  'insufficientFunds',
];
/** What the bot says where it does not know how a turn ended: the same again finds out. */
const IN_DOUBT = /Please try again in a (?:moment|minute)/u;

export interface Surroundings {
  /** The address of any instance, alive or not. */
  readonly anywhere: () => string;
  readonly random: () => number;
  readonly connector: StubConnector;
}

/** What was acknowledged: it must be in the ledger, once. */
export interface Acknowledged {
  /** Charges in units by the id of the call record. */
  readonly charges: Map<string, number>;
  /** Payments that were answered as paid, or as being charged. */
  readonly payments: Set<string>;
  readonly declined: Set<string>;
}

export class Client {
  readonly acknowledged: Acknowledged = { charges: new Map(), payments: new Set(), declined: new Set() };
  private talks = 0;
  private rows = 0;
  private readonly name: string;
  private readonly tenant: string;
  private readonly person: Persona;
  private readonly around: Surroundings;

  get adminId(): string {
    return this.person.aadObjectId;
  }

  constructor(name: string, tenant: string, around: Surroundings) {
    this.name = name;
    this.tenant = tenant;
    this.person = {
      id: `29:${name}`,
      name,
      aadObjectId: `00000000-0000-4000-8000-${name.padStart(12, '0')}`,
    };
    this.around = around;
  }

  /** Goes on until it is told to stop; what it has begun is always brought to its end. */
  async work(goOn: () => boolean): Promise<void> {
    while (goOn()) {
      if (this.around.random() < 0.3) await this.topUp();
      else await this.use();
    }
  }

  /** New records, and now and then one that this client sent before, with another charge. */
  private async use(): Promise<void> {
    const fresh = Array.from({ length: 1 + this.pick(30) }, () => `${this.name}-${(this.rows += 1)}`);
    const known = [...this.acknowledged.charges.keys()];
    const corrected = known.length > 0 && this.around.random() < 0.5 ? [known[this.pick(known.length)]!] : [];
    const charges = new Map([...fresh, ...corrected].map((id) => [id, (1 + this.pick(200)) / 100]));
    const rows = [...charges].map(([id, charge]) => graphRow(charge, { id }));
    await this.untilAnswered(async (url) => {
      const response = await fetch(`${url}/api/usage/${this.tenant}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(rows),
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      if (response.status !== 200) throw new Error(`usage was answered with ${response.status}`);
    });
    for (const [id, charge] of charges) this.acknowledged.charges.set(id, charge);
  }

  /** Form, preview, confirmation: the very same click again where nobody answered it. */
  private async topUp(): Promise<void> {
    const method = `sandbox-${CARDS[this.pick(CARDS.length)]!}`;
    const amount = String(5 + this.pick(60));
    // A place of its own: an earlier payment's late outcome must not be taken for the answer.
    this.talks += 1;
    const form = await this.ask((chat) => chat.say('add funds'));
    let shown = await this.ask((chat) => chat.click(form.card, 'Continue', { amount, method }));
    // Another top-up came in between: it is asked once more, with a new preview.
    for (let pay = payButton(shown); pay !== undefined; pay = payButton(shown)) {
      const title = pay;
      const preview = shown.card;
      shown = await this.ask((chat) => chat.click(preview, title));
    }
    const reference = /^Reference\n(\S+)$/mu.exec(shown.text)?.[1];
    if (shown.text.includes('Too many payments are open')) return;
    if (reference === undefined) throw new Error(`neither paid nor refused: ${shown.text}`);
    const { payments, declined } = this.acknowledged;
    (shown.text.includes('Not charged') ? declined : payments).add(reference);
  }

  /** A recharge rule, so that usage starts payments as well. */
  async setRule(): Promise<void> {
    const rule = { trigger: '40', amount: '60', monthCap: '100000', method: 'sandbox-succeeds' };
    const form = await this.ask((chat) => chat.say('auto-recharge'));
    const preview = await this.ask((chat) => chat.click(form.card, 'Continue', rule));
    const title = buttonsOf(preview.card)[0]!.title;
    const set = await this.ask((chat) => chat.click(preview.card, title));
    if (!set.text.includes('Auto-recharge is on')) throw new Error(`no rule: ${set.text}`);
  }

  private ask(act: (chat: ChatClient) => Promise<Answer>): Promise<Answer> {
    const { connector } = this.around;
    return this.untilAnswered(async (botUrl) => {
      const conversationId = `a:personal-${this.name}-${this.talks}`;
      const { tenant, person } = this;
      const answer = await act(new ChatClient({ botUrl, connector, tenant, person, conversationId }));
      if (answer.status !== 200 || answer.text === '') throw new Error(`answered with ${answer.status}`);
      if (IN_DOUBT.test(answer.text)) throw new Error(answer.text);
      return answer;
    });
  }

  private async untilAnswered<T>(send: (url: string) => Promise<T>): Promise<T> {
    const until = Date.now() + ANSWER_MS_MAX;
    for (;;) {
      try {
        return await send(this.around.anywhere());
      } catch (error) {
        if (Date.now() > until) throw error;
        await sleep(TRY_AGAIN_MS);
      }
    }
  }

  private pick(count: number): number {
    return Math.floor(this.around.random() * count);
  }
}

function payButton({ card, text }: Answer): string | undefined {
  if (/^Reference$/mu.test(text)) return undefined;
  return buttonsOf(card).find(({ title }) => /^Pay\b/u.test(title))?.title;
}
