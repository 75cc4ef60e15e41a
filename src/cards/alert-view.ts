/** What a card says of an alert while its cause lasts. */
import type { PanelStyle } from './panel.js';

export interface AlertWords {
  readonly style: PanelStyle;
  readonly title: string;
  /** The one clear number. */
  readonly number: string;
  readonly lines: readonly string[];
  /** Who or what caused it. */
  readonly by: string;
  /** The sentence for notifications. */
  readonly summary: string;
}
