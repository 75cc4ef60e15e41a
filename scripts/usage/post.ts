import { type Answer, answerSchema } from './answer.js';
import type { Chunk } from './chunks.js';
import { reasonOf } from './fault.js';

export interface Target {
  /** The bot's address, without a path. */
  readonly url: string;
  readonly tenant: string;
  readonly key?: string | undefined;
}

export type Sleep = (milliseconds: number) => Promise<unknown>;

export const ATTEMPTS_MAX = 6;
export const DELAY_MS_MAX = 8_000;
const DELAY_MS_FIRST = 250;
/** An export is taken in one piece: 20,000 calls may be charged in one request. */
const ANSWER_MS_MAX = 240_000;
const EXCERPT_CHARS_MAX = 200;

/** Busy, or restarting behind a proxy. */
const PASSING = new Set([429, 502, 503, 504]);

const REFUSALS: Readonly<Record<number, string>> = {
  400: "The bot can't read the rows.",
  401: 'The bot asks for a usage key: give it with --key, or in USAGE_KEY.',
  403: 'This usage key is not for this tenant.',
  404: 'The bot knows no such tenant: see --tenant.',
  413: 'The request is too large for the bot: try a smaller --chunk.',
};

/** The rows could not be handed over; the message is a sentence for the person at the terminal. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

type Try = { readonly answer: Answer } | { readonly passing: string; readonly delayMs?: number };

/**
 * Hands one page of rows, or a file, to the bot. What may pass is tried again: a record that arrives twice is charged once.
 * @throws NotSent
 */
export async function postRows(target: Target, chunk: Chunk, sleep: Sleep): Promise<Answer> {
  let why = '';
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const outcome = await tryOnce(target, chunk);
    if ('answer' in outcome) return outcome.answer;
    why = outcome.passing;
    const delayMs = outcome.delayMs ?? DELAY_MS_FIRST * 2 ** attempt;
    if (attempt < ATTEMPTS_MAX - 1) await sleep(Math.min(delayMs, DELAY_MS_MAX));
  }
  throw new NotSent(`${target.url} ${why}, ${ATTEMPTS_MAX} times in a row. Is the bot running? npm start`);
}

async function tryOnce(target: Target, { body, type }: Chunk): Promise<Try> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(addressOf(target), {
      method: 'POST',
      headers: {
        'content-type': type,
        ...(target.key === undefined ? {} : { authorization: `Bearer ${target.key}` }),
      },
      body,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    text = await response.text();
  } catch (error) {
    return { passing: `can't be reached (${reasonOf(error)})` };
  }
  if (!PASSING.has(response.status)) return { answer: readAnswer(response, text) };
  const delayMs = retryAfterMs(response);
  return { passing: `answers ${response.status}`, ...(delayMs === undefined ? {} : { delayMs }) };
}

function addressOf({ url, tenant }: Target): string {
  return `${url.replace(/\/+$/, '')}/api/usage/${encodeURIComponent(tenant)}`;
}

function readAnswer(response: Response, text: string): Answer {
  if (!response.ok) {
    const known = REFUSALS[response.status] ?? 'The bot refused the rows.';
    throw new NotSent(`${known} It answered ${response.status}: ${excerpt(text)}`);
  }
  const parsed = answerSchema.safeParse(json(text));
  if (parsed.success) return parsed.data;
  throw new NotSent(
    `This is not the bot's answer; does another program listen at this address? ${excerpt(text)}`,
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What a stranger answers must not steer the terminal. */
function excerpt(text: string): string {
  const printable = text.replace(/\p{C}+/gu, ' ').trim();
  return printable === '' ? '(nothing)' : printable.slice(0, EXCERPT_CHARS_MAX);
}

function retryAfterMs(response: Response): number | undefined {
  const header = response.headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}
