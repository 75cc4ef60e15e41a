/** How a try to commit ended, and what is still to be started of it. */
import { StorageUnavailable } from '../storage/table.js';

/** Starts the scheduled work at once; called when the commit has happened. */
export type Started = () => void;

/** How a try ended. Where it did not surely commit, its work can still be started once it is known to have happened. */
export type Tried =
  | { readonly kind: 'committed' }
  | { readonly kind: 'nothingToDo' }
  /** Nothing was sent. */
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'conflict'; readonly started: Started; readonly failure?: StorageUnavailable };

export interface How {
  readonly careful: boolean;
  /** The work of earlier tries, of which nobody knows whether they committed. */
  readonly started: readonly Started[];
}

const NOT_STARTED: Started = () => undefined;

/** One command's fault must not be the others': each is tried alone. Where the store is down, nobody is kept waiting. */
export function unlessDown(error: unknown): Tried {
  if (error instanceof StorageUnavailable) throw error;
  return { kind: 'conflict', started: NOT_STARTED };
}

/** Nothing is left to do after a try whose answer was lost: it did happen, and nobody has started its work yet. */
export function nothing({ started }: How): Tried {
  startAll(started);
  return { kind: 'nothingToDo' };
}

export function startAll(started: readonly Started[]): void {
  for (const start of started) start();
}
