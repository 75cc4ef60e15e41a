/** Asking the processor again: what for, and how soon. */
import { after } from '../ledger/calendar.js';
import type { Payment } from '../ledger/model.js';
import type { ChargeRef } from './processor.js';

/** How soon something open is asked for again, by its age. */
const ASK_AGAIN = [
  { untilSeconds: 60, everySeconds: 5 },
  { untilSeconds: 600, everySeconds: 30 },
  { untilSeconds: 7_200, everySeconds: 300 },
] as const;
const ASK_AGAIN_LATER_SECONDS = 1_800;

export function nextLook(since: string, now: string): string {
  const ageSeconds = (Date.parse(now) - Date.parse(since)) / 1_000;
  const step = ASK_AGAIN.find(({ untilSeconds }) => ageSeconds < untilSeconds);
  return after(now, { seconds: step?.everySeconds ?? ASK_AGAIN_LATER_SECONDS });
}

export function refOf(tenant: string, { id: paymentId, processorId }: Payment): ChargeRef {
  return { paymentId, tenant, ...(processorId !== undefined && { processorId }) };
}
