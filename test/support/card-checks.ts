/** Is this a card that Teams, the Playground and the Emulator all show, and what does a person read on it? (PLATFORM) */
import { z } from 'zod';
import type { Card } from '../../src/cards/render.js';
import { allNodes, type CardNode } from './card-nodes.js';

export const CARD_BYTES_MAX = 25 * 1_024;
const ACTIONS_MAX = 6;

/**
 * The renderer's parser, which needs no DOM. Its own types would put its TypeScript sources through our compiler, so the
 * few members used here are declared; `require` fails on its main file (Node 20), the bundle works.
 */
interface Renderer {
  readonly Versions: { readonly v1_5: unknown };
  readonly SerializationContext: new (version: unknown) => ParseLog;
  readonly AdaptiveCard: new () => ParsedCard;
}
interface ParseLog {
  readonly eventCount: number;
  getEventAt(index: number): unknown;
}
interface ParsedCard {
  parse(json: object, log: ParseLog): void;
  validateProperties(): unknown;
}
const renderer = jest.requireActual<Renderer>('adaptivecards/dist/adaptivecards.js');

const event = z.object({ message: z.string() });
const validation = z.object({ validationEvents: z.array(event) });

/** Judged by `extensionFaults`, since a fallback makes it right. */
const UNKNOWN_TYPE = /^Unknown (element|action) type .* Fallback will be used if present/u;

/** Fails with all faults of the card at once. */
export function expectValidCard(card: Card): void {
  expect(cardFaults(card)).toEqual([]);
}

/** What is wrong with a card, in sentences; empty for a good one. */
export function cardFaults(card: Card): readonly string[] {
  const nodes = allNodes(card.content);
  return [
    ...wholeFaults(card),
    ...parserFaults(card),
    ...nodes.flatMap((node) => CHECKS.flatMap((check) => check(node))),
  ];
}

function wholeFaults({ content, summary }: Card): readonly string[] {
  const text = JSON.stringify(content);
  const [major = 0, minor = 0] = String(content['version']).split('.').map(Number);
  return faults([
    [content['type'] !== 'AdaptiveCard', 'type is not AdaptiveCard'],
    [content['$schema'] === undefined, '$schema is missing'],
    [major !== 1 || !(minor <= 5), `version ${String(content['version'])} is above 1.5`],
    [text.length * 2 >= CARD_BYTES_MAX, `${text.length * 2} bytes as UTF-16`],
    [text.includes('${') || summary.includes('${'), 'an expression was not filled in'],
    [summary.trim() === '', 'summary is empty'],
  ]);
}

function parserFaults({ content }: Card): readonly string[] {
  const log = new renderer.SerializationContext(renderer.Versions.v1_5);
  const parsed = new renderer.AdaptiveCard();
  parsed.parse(content, log);
  const parsing = Array.from({ length: log.eventCount }, (_none, index) =>
    event.parse(log.getEventAt(index)),
  );
  const { validationEvents } = validation.parse(parsed.validateProperties());
  return [...parsing, ...validationEvents]
    .map(({ message }) => message)
    .filter((message) => !UNKNOWN_TYPE.test(message));
}

type Check = (node: CardNode) => readonly string[];

const STANDARD_TYPES: readonly string[] = [
  ...['AdaptiveCard', 'TextBlock', 'RichTextBlock', 'TextRun', 'Image', 'ImageSet', 'Media', 'Container'],
  ...['ColumnSet', 'Column', 'FactSet', 'ActionSet', 'Table', 'TableRow', 'TableCell'],
  ...['Input.Text', 'Input.Number', 'Input.Date', 'Input.Time', 'Input.Toggle', 'Input.ChoiceSet'],
  ...['Action.OpenUrl', 'Action.Submit', 'Action.Execute', 'Action.ShowCard', 'Action.ToggleVisibility'],
];

/** Properties that are often given as text by a template's expression, which the parser lets pass. */
const BOOLEANS = [
  'wrap',
  'isVisible',
  'isRequired',
  'isMultiline',
  'isMultiSelect',
  'isSubtle',
  'separator',
  'bleed',
];
const TEXTS = ['text', 'title', 'label', 'placeholder', 'errorMessage', 'altText', 'value', 'id', 'verb'];

const CHECKS: readonly Check[] = [
  ({ type, fallback }) =>
    faults([[!STANDARD_TYPES.includes(type) && fallback === undefined, `${type} has no fallback`]]),

  ({ type, json }) =>
    faults([
      [type.startsWith('Input.') && isBlank(json['label']), `${type} ${String(json['id'])} has no label`],
    ]),

  ({ type, json }) => faults([[type === 'Image' && isBlank(json['altText']), 'Image has no altText']]),

  ({ type, json }) => {
    const actions = json['actions'];
    const count = Array.isArray(actions) ? actions.length : 0;
    return faults([[count > ACTIONS_MAX, `${type} has ${count} actions`]]);
  },

  ({ type, json }) =>
    faults([[type.startsWith('Action.') && isBlank(json['title']), `${type} has no title`]]),

  (node) => (node.type === 'Action.Execute' ? executeFaults(node) : []),

  ({ type, json }) =>
    faults([
      ...BOOLEANS.map((name) => [isOther(json[name], 'boolean'), `${type}.${name} is no boolean`] as const),
      ...TEXTS.map((name) => [isOther(json[name], 'string'), `${type}.${name} is no text`] as const),
    ]),
];

function executeFaults({ json, fallback }: CardNode): readonly string[] {
  const title = String(json['title']);
  const { verb } = (json['data'] ?? {}) as { verb?: unknown };
  const sameData = JSON.stringify(fallback?.['data']) === JSON.stringify(json['data']);
  return faults([
    [isBlank(json['verb']), `“${title}” has no verb`],
    [verb !== json['verb'], `“${title}” has another verb in its data`],
    [fallback?.['type'] !== 'Action.Submit', `“${title}” has no Submit fallback`],
    [fallback !== undefined && !sameData, `“${title}” submits other data in its fallback`],
  ]);
}

function isBlank(value: unknown): boolean {
  return typeof value !== 'string' || value.trim() === '';
}

function isOther(value: unknown, type: 'boolean' | 'string'): boolean {
  return value !== undefined && typeof value !== type;
}

function faults(checks: readonly (readonly [boolean, string])[]): readonly string[] {
  return checks.filter(([wrong]) => wrong).map(([, fault]) => fault);
}

export { button, buttonsOf, textOf, type CardButton } from './card-nodes.js';
