/** Many seeds, spread over processes. */
import { fork, type ChildProcess } from 'node:child_process';
import { on } from 'node:events';
import { fileURLToPath } from 'node:url';
import { simulate, type SimulationResult } from './simulation.js';

export interface Plan {
  readonly from: number;
  readonly seeds: number;
  readonly steps: number;
  /** One does without another process. */
  readonly workers: number;
}

/** In the order in which they end; breaking off stops the rest. */
export async function* runMany(plan: Plan): AsyncGenerator<SimulationResult> {
  if (plan.workers > 1) {
    yield* overWorkers(plan);
    return;
  }
  for (let nth = 0; nth < plan.seeds; nth += 1)
    yield await simulate({ seed: String(plan.from + nth), steps: plan.steps });
}

async function* overWorkers(plan: Plan): AsyncGenerator<SimulationResult> {
  const path = fileURLToPath(new URL('./worker.ts', import.meta.url));
  const workers = Array.from({ length: Math.min(plan.workers, plan.seeds) }, () => fork(path));
  const ended = new AbortController();
  for (const worker of workers) {
    worker.once('exit', (code) => {
      if (code !== 0 && code !== null) ended.abort(new Error(`a worker ended with ${code}`));
    });
  }
  try {
    yield* handedOut(plan, workers, ended.signal);
  } finally {
    for (const worker of workers) worker.kill();
  }
}

async function* handedOut(
  { from, seeds, steps }: Plan,
  workers: readonly ChildProcess[],
  signal: AbortSignal,
): AsyncGenerator<SimulationResult> {
  let next = 0;
  const give = (worker: ChildProcess): void => {
    if (next >= seeds) return;
    worker.send({ seed: String(from + next), steps });
    next += 1;
  };
  const results = messagesOf(workers, signal);
  for (const worker of workers) give(worker);
  let left = seeds;
  for await (const { worker, result } of results) {
    give(worker);
    yield result;
    left -= 1;
    if (left === 0) return;
  }
}

async function* messagesOf(workers: readonly ChildProcess[], signal: AbortSignal) {
  const all = new EventTarget();
  const messages = on(all, 'result', { signal });
  for (const worker of workers) {
    worker.on('message', (result) => {
      all.dispatchEvent(new CustomEvent('result', { detail: { worker, result } }));
    });
  }
  for await (const [event] of messages as AsyncIterable<[CustomEvent]>)
    yield event.detail as { worker: ChildProcess; result: SimulationResult };
}
