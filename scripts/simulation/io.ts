/** What an instance asks of the world around it, and what may go wrong with it. */
export const IO_KINDS = [
  'ledger.get',
  'ledger.getMany',
  'ledger.query',
  'ledger.scan',
  'ledger.commit',
  'due.query',
  'due.commit',
  'processor.begin',
  'processor.confirm',
  'processor.find',
  'processor.cancel',
  'processor.refund',
  'chat.alert',
  'chat.payment',
] as const;
export type IoKind = (typeof IO_KINDS)[number];

export const FAULTS = [
  /** The request never arrives, the caller learns it from its own time-out. */
  'lostRequest',
  /** It happens, and the caller's time-out strikes all the same. */
  'lostAnswer',
  /** The caller gives up; it happens later nevertheless. */
  'lateEffect',
  /** The transport repeats it: the caller hears the second answer. */
  'duplicate',
  /** Another one that was asked later is served first. */
  'reorder',
  /** It takes long. */
  'slow',
  /** Somebody else writes the same row just before. */
  'conflict',
  'throttled',
  'error500',
  'error500WithEffect',
  /** The instance stops while it waits: before it happened, and after. */
  'stopBefore',
  'stopAfter',
  /** The processor answers another amount than it charged, once. */
  'wrongAmount',
] as const;
export type Fault = (typeof FAULTS)[number];

const ONLY: Partial<Record<Fault, (io: IoKind) => boolean>> = {
  conflict: (io) => io.endsWith('.commit'),
  wrongAmount: (io) => io === 'processor.confirm' || io === 'processor.find',
};

export function applies(fault: Fault, io: IoKind): boolean {
  return ONLY[fault]?.(io) ?? true;
}
