/** What Teams' chart elements are drawn from. Positions only: every number that is read stands beside them as text. */
import type { Money } from '../billing/money.js';

const HUNDREDTHS_MICROS = 10_000n;

/** A chart can't show less than nothing, which a corrected day may have. */
function height({ micros }: Pick<Money, 'micros'>): number {
  return micros <= 0n ? 0 : Number(micros / HUNDREDTHS_MICROS) / 100;
}

const COLORS = [
  'categoricalBlue',
  'categoricalTeal',
  'categoricalPurple',
  'categoricalMarigold',
  'categoricalLime',
  'categoricalRed',
  'categoricalLightBlue',
  'neutral',
] as const;

export interface Plotted {
  readonly label: string;
  readonly amount: Pick<Money, 'micros'>;
}

/** One colour for all: the bars are the same thing at different times. */
export function bars(points: readonly Plotted[]): readonly object[] {
  return points.map(({ label, amount }) => ({ x: label, y: height(amount), color: COLORS[0] }));
}

export function donut(points: readonly Plotted[]): readonly object[] {
  return points.map(({ label, amount }, index) => ({
    legend: label,
    value: height(amount),
    color: COLORS[index] ?? 'neutral',
  }));
}
