/** A small card that says one thing: what happened, what to do about it, and the buttons that do it. */
import { renderCard, type Card } from './render.js';
import template from './templates/notice.json' with { type: 'json' };

export type Tone = 'info' | 'good' | 'warning' | 'error';

export interface Button {
  readonly title: string;
  /** What the click sends back; its `verb` decides who answers. */
  readonly data: Readonly<Record<string, unknown>> & { readonly verb: string };
}

export interface Notice {
  readonly tone: Tone;
  readonly title: string;
  /** Read as Markdown: people's own text in it must have gone through `plain`. */
  readonly text: string;
  readonly buttons?: readonly Button[];
}

/** Colour never stands alone: the sign differs as well, and the title says it in words. */
const LOOKS: Readonly<Record<Tone, { readonly style: string; readonly icon: string }>> = {
  info: { style: 'emphasis', icon: 'ℹ️' },
  good: { style: 'good', icon: '✅' },
  warning: { style: 'warning', icon: '⚠️' },
  error: { style: 'attention', icon: '⛔' },
};

/** `summary` is what notifications show; the title where it is missing. */
export function noticeCard(notice: Notice, summary = notice.title): Card {
  const { tone, title, text, buttons = [] } = notice;
  return renderCard(template, { ...LOOKS[tone], title, text, buttons, spoken: `${title}. ${text}` }, summary);
}
