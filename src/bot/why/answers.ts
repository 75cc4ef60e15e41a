/** A page of explanations and alerts, mixed by time: each family is walked by its own sequence, newest first. */
import type { Alert, Explanation } from '../../billing/ledger/model.js';
import type { LedgerReader } from '../../billing/reader.js';
import { ANSWERS_PER_PAGE } from '../../cards/why-card.js';

type Answer = Explanation | Alert;

/** Sequences to go on before, exclusive; absent where a family was not begun. */
interface Cursor {
  readonly why?: bigint;
  readonly alert?: bigint;
}

export interface AnswerPage {
  readonly answers: readonly Answer[];
  /** The next page's place, as text in a button. */
  readonly older?: string;
}

const CURSOR = /^(\d{1,15})-(\d{1,15})$/u;

/** Anything else than a cursor starts at the newest. Zero stands for a family that was not begun. */
export function readCursor(text: string | undefined): Cursor {
  const [, why = '0', alert = '0'] = CURSOR.exec(text ?? '') ?? [];
  return {
    ...(Number(why) > 0 && { why: BigInt(why) }),
    ...(Number(alert) > 0 && { alert: BigInt(alert) }),
  };
}

export async function readAnswers(
  reader: Pick<LedgerReader, 'alerts' | 'explanations'>,
  tenant: string,
  cursor: Cursor,
): Promise<AnswerPage> {
  // One more than a page of each, to know whether there is an older one.
  const limit = ANSWERS_PER_PAGE + 1;
  const [explanations, alerts] = await Promise.all([
    reader.explanations(tenant, { limit, ...before(cursor.why) }),
    reader.alerts(tenant, { limit, ...before(cursor.alert) }),
  ]);
  const answers = merged(alerts, explanations).slice(0, ANSWERS_PER_PAGE);
  if (alerts.length + explanations.length <= ANSWERS_PER_PAGE) return { answers };
  const next = (family: Answer['type']): bigint =>
    answers.findLast(({ type }) => type === family)?.sequence ?? cursor[family] ?? 0n;
  return { answers, older: `${next('why')}-${next('alert')}` };
}

function before(sequence: bigint | undefined): { readonly before?: bigint } {
  return sequence === undefined ? {} : { before: sequence };
}

/**
 * Newest first. Each family keeps its own order, whatever the clocks said: the next page goes on by sequences. What
 * happened in one transaction has one time: the alert comes before the explanation of what it tells.
 */
function merged(alerts: readonly Alert[], explanations: readonly Explanation[]): readonly Answer[] {
  const [alert, ...olderAlerts] = alerts;
  const [explanation, ...olderExplanations] = explanations;
  if (alert === undefined) return explanations;
  if (explanation === undefined) return alerts;
  return alert.at >= explanation.at
    ? [alert, ...merged(olderAlerts, explanations)]
    : [explanation, ...merged(alerts, olderExplanations)];
}
