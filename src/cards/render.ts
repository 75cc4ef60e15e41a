/** From a template and facts to an Adaptive Card that every client understands. */
// The package's index drags the renderer's TypeScript sources into the type check; the engine's own file does not.
import { Template } from 'adaptivecards-templating/lib/template-engine.js';

/** A card ready to be sent. `summary` is what notifications and screen readers get in its place. */
export interface Card {
  readonly content: Readonly<Record<string, unknown>>;
  readonly summary: string;
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type CardData = Readonly<Record<string, unknown>>;

/** A template that lacks a fact must never reach a person with `${…}` in it. */
export class IncompleteCard extends Error {
  override readonly name = 'IncompleteCard';
}

interface Compiled {
  readonly template: Template;
  /** The cards drawn last, by their data: an alert goes to hundreds of places, and several people look at one balance. */
  readonly drawn: Map<string, Card['content']>;
}

const compiled = new WeakMap<object, Compiled>();
/** For each template: some languages and roles. */
const DRAWN_MAX = 8;

/**
 * Expands a template. Money, dates and people's text must be formatted and escaped already.
 * @throws IncompleteCard where the data lack a key of the template.
 */
export function renderCard(template: object, data: CardData, summary: string): Card {
  const known = compiled.get(template) ?? { template: new Template(template), drawn: new Map() };
  compiled.set(template, known);
  return { content: contentOf(known, data), summary };
}

/** The same data give the same card, which nobody may change: it is drawn once. */
function contentOf({ template, drawn }: Compiled, data: CardData): Card['content'] {
  const key = JSON.stringify(data);
  const before = drawn.get(key);
  if (before !== undefined) return before;
  const content = template.expand({ $root: data }) as Json;
  finish(content);
  const oldest = drawn.size < DRAWN_MAX ? undefined : drawn.keys().next().value;
  if (oldest !== undefined) drawn.delete(oldest);
  drawn.set(key, content as Card['content']);
  return content as Card['content'];
}

const MISSING = /\$\{[^}]*\}/u;

/** In one pass and in place: the expanded template is nobody else's yet. Frozen then, since it is handed out again. */
function finish(node: Json): void {
  if (typeof node === 'string') refuseMissing(node);
  if (typeof node !== 'object' || node === null) return;
  for (const part of Object.values(node)) finish(part);
  if (!Array.isArray(node) && node['type'] === 'Action.Execute') addSubmitFallback(node);
  Object.freeze(node);
}

function refuseMissing(text: string): void {
  const missing = MISSING.exec(text)?.[0];
  if (missing !== undefined) throw new IncompleteCard(`no value for ${missing}`);
}

/** Action.Execute is unknown to the Emulator: each gets an Action.Submit that sends the same data (DESIGN §6). */
function addSubmitFallback(execute: { [key: string]: Json }): void {
  const { fallback: _own, verb: _verb, ...submit } = execute;
  execute['fallback'] = { ...submit, type: 'Action.Submit' };
}

const MARKDOWN = /[\\`*_{}[\]()#+\-.!|~>]/gu;

/** Text typed by people: a TextBlock reads Markdown, so its signs are escaped, and line breaks become spaces. */
export function plain(text: string): string {
  return text
    .replace(/[\r\n\u2028\u2029]+/gu, ' ')
    .replace(MARKDOWN, '\\$&')
    .replace(/</gu, '&lt;');
}
