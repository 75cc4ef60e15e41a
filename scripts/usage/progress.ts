import { Presets, SingleBar } from 'cli-progress';

/** Below this the answer is there before anybody could read the bar. */
export const ROWS_WITH_BAR_MIN = 1000;

export interface Progress {
  advance(rows: number): void;
  stop(): void;
}

/** A bar for many rows in a terminal; nothing where the output goes to a file or another program. */
export function progressOf(rows: number, stream: NodeJS.WritableStream & { isTTY?: boolean }): Progress {
  if (stream.isTTY !== true || rows < ROWS_WITH_BAR_MIN)
    return { advance: () => undefined, stop: () => undefined };
  const format = '  {bar} {percentage} % | {value} of {total} rows | {eta_formatted} left';
  const bar = new SingleBar(
    { format, stream, clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(rows, 0);
  return {
    advance: (count) => {
      bar.increment(count);
    },
    stop: () => {
      bar.stop();
    },
  };
}
