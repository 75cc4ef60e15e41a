/** The common face of cards that tell something and offer what can be done: heading, number, sentences, facts, buttons. */
import type { ClickButton, LinkButton } from './payment-view.js';
import { renderCard, type Card } from './render.js';
import template from './templates/panel.json' with { type: 'json' };

export type PanelStyle = 'default' | 'emphasis' | 'accent' | 'good' | 'warning' | 'attention';
export type PanelButton = ClickButton | LinkButton;

export interface Panel {
  readonly style: PanelStyle;
  readonly title: string;
  /** The one clear number, where there is one. */
  readonly number?: string;
  /** Read as Markdown: people's own text in it must have gone through `plain`. */
  readonly lines?: readonly string[];
  /** What must not be overlooked; the words say it too, never the colour alone. */
  readonly box?: { readonly style: PanelStyle; readonly lines: readonly string[] };
  readonly facts?: readonly PanelFact[];
  /** Small print. */
  readonly notes?: readonly string[];
  readonly buttons?: readonly PanelButton[];
}

export interface PanelFact {
  readonly title: string;
  readonly value: string;
}

export function renderPanel(panel: Panel, summary: string): Card {
  const { style, title, number, lines = [], box, facts = [], notes = [], buttons = [] } = panel;
  const boxes = box === undefined || box.lines.length === 0 ? [] : [box];
  const numbers = number === undefined ? [] : [number];
  return renderCard(template, { style, title, numbers, lines, boxes, facts, notes, buttons }, summary);
}

/** Only web addresses become links, whatever a processor said. */
export function linkButton(title: string, url: string | undefined): readonly LinkButton[] {
  if (url === undefined || !/^https?:\/\//u.test(url)) return [];
  return [{ kind: 'link', title, style: 'positive', url }];
}
