import type { Work } from './due-row.js';

/** The operator's view of failing work; never personal text. */
export interface JobLog {
  jobFailed(work: Work & { readonly tries: number; readonly parked: boolean }, error: unknown): void;
  /** It runs longer than a round waits for it; it goes on. */
  jobOverran(work: Work): void;
  /** Due rows of a job that this version does not know; told once for each name. */
  foreignJob(name: string): void;
  roundFailed(error: unknown): void;
}
