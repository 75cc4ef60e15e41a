/** What a processor told by itself (a webhook). */

/** What may have changed there. */
export const EVENT_SUBJECTS = ['payment', 'refund', 'dispute', 'cards'] as const;
export type EventSubject = (typeof EVENT_SUBJECTS)[number];

/** It says which object changed, and is not believed beyond that: the object is read again at the processor. */
export interface ProcessorEvent {
  readonly type: 'event';
  /** The processor's own id of it: the same each time it is delivered. */
  readonly id: string;
  readonly about: EventSubject;
  /** The processor's id of what changed. */
  readonly objectId: string;
  readonly paymentId?: string;
  /** When it was first heard of. */
  readonly at: string;
  /** Set by the transaction that carried out what it meant, and by no other one. */
  readonly doneAt?: string;
}
