/** Walking through a card: its elements and actions, the words on it, and the buttons. */
import type { Card } from '../../src/cards/render.js';

type JsonObject = Readonly<Record<string, unknown>>;

export interface CardNode {
  readonly type: string;
  readonly json: JsonObject;
  readonly fallback?: JsonObject;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a button sends back, and what a host keeps for itself, is no part of the card's face. Facts are read whole. */
const NOT_WALKED = ['data', 'msteams', 'refresh', 'authentication', 'fallback', 'facts'];

/** Every element and action that a client which knows all types would show; fallbacks of buttons are not walked into. */
export function allNodes(content: JsonObject): readonly CardNode[] {
  return visit(content).flatMap((json) =>
    typeof json['type'] === 'string' ? [nodeOf(json, json['type'])] : [],
  );
}

function nodeOf(json: JsonObject, type: string): CardNode {
  const { fallback } = json;
  return { type, json, ...(isObject(fallback) && { fallback }) };
}

/** In the order of the card. The fallback of an element is walked into: others see it in its place. */
function visit(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(visit);
  if (!isObject(value)) return [];
  const isAction = String(value['type']).startsWith('Action.');
  const children = Object.entries(value)
    .filter(([name]) => !NOT_WALKED.includes(name))
    .flatMap(([, child]) => visit(child));
  return [value, ...children, ...(isAction ? [] : visit(value['fallback']))];
}

/** Everything a person reads, one line each: Markdown escapes resolved, and the odd spaces of Intl as plain ones. */
export function textOf(card: Card): string {
  return visit(card.content)
    .flatMap(wordsOn)
    .filter((text): text is string => typeof text === 'string' && text !== '')
    .map(asRead)
    .join('\n');
}

const READ_ON = ['text', 'title', 'label', 'placeholder', 'altText'];

function wordsOn(json: JsonObject): readonly unknown[] {
  const facts = Array.isArray(json['facts']) ? json['facts'].filter(isObject) : [];
  return [
    ...READ_ON.map((name) => json[name]),
    json['type'] === 'Input.Text' ? json['value'] : undefined,
    ...facts.flatMap(({ title, value }) => [title, value]),
  ];
}

function asRead(text: string): string {
  return text
    .replace(/\\([\\`*_{}[\]()#+\-.!|~>])/gu, '$1')
    .replace(/&lt;/gu, '<')
    .replace(/[\u00a0\u202f]/gu, ' ');
}

export interface CardButton {
  readonly title: string;
  readonly type: string;
  readonly verb?: string;
  /** What a click sends back, beside the values of the inputs. */
  readonly data: JsonObject;
  readonly style?: string;
  readonly url?: string;
}

/** All buttons, those of rows and nested cards included. */
export function buttonsOf(card: Card): readonly CardButton[] {
  return allNodes(card.content)
    .filter(({ type }) => type.startsWith('Action.'))
    .map(({ type, json }) => ({
      title: asRead(String(json['title'])),
      type,
      data: isObject(json['data']) ? json['data'] : {},
      ...texts(json, 'verb'),
      ...texts(json, 'style'),
      ...texts(json, 'url'),
    }));
}

function texts<Name extends string>(json: JsonObject, name: Name): { readonly [key in Name]?: string } {
  const value = json[name];
  return typeof value === 'string' ? ({ [name]: value } as { readonly [key in Name]?: string }) : {};
}

/** @throws where no button has that title, naming those that are there. */
export function button(card: Card, title: string): CardButton {
  const buttons = buttonsOf(card);
  const found = buttons.find((candidate) => candidate.title === title);
  if (found !== undefined) return found;
  throw new Error(`no button “${title}”, but ${buttons.map((other) => `“${other.title}”`).join(', ')}`);
}
