/** Every crash point of a scene: an instance that breaks there, a sound one behind it, and what must be true in the end. */
import type { Voice } from '../../src/compose-billing.js';
import { DONE } from '../../src/billing/due/job-runner.js';
import { SandboxMethods } from '../../src/billing/payments/sandbox/cards.js';
import type { RecordedCharge } from '../../src/billing/verify/processor-record.js';
import { booksOf, waitingWork, type Books } from './crash-books.js';
import { CrashPoints, type CrashKind } from './crash.js';
import { calm, instanceOf, sharedParts, type Instance, type InstanceOptions } from './shared-billing.js';
import type { SharedParts } from './shared-billing.js';

/** What is not the program: it answers the instance that breaks and the one after it. */
export type Outside = Pick<InstanceOptions, 'processor' | 'methods' | 'events' | 'graph'>;

type Ends = Partial<Omit<Books, 'events'>> &
  Pick<Books, 'entries'> & { readonly events?: readonly Partial<Books['events'][number]>[] };

export interface Scene {
  /** A fact: what holds wherever the instance breaks. */
  readonly name: string;
  /** Points that the deed passes where nothing breaks, two for each call of input or output: another number is to be understood. */
  readonly points: number;
  /** What happened before, at sound instances. */
  readonly before?: (parts: SharedParts) => Promise<unknown>;
  readonly outside?: (parts: SharedParts) => Outside;
  /** What somebody does, or the worker; done again where no answer came. */
  readonly deed: (instance: Instance, parts: SharedParts) => Promise<unknown>;
  /** What the processor's own record says beside what the sandbox knows. */
  readonly recorded?: (charge: RecordedCharge) => RecordedCharge;
  /** Beside what every scene ends with. */
  readonly ends: Ends;
}

/** Rounds of half an hour. */
const ROUNDS_MAX = 24;
/** Rounds behind that, in which nothing more may happen. */
const QUIET_ROUNDS = 1;

/** Some hundred runs of the program, on a machine that has other things to do. */
const TEST_MS_MAX = 120_000;

const VOICE: Voice = { showPayment: async () => undefined, deliverAlert: async () => DONE };

function breaking(parts: SharedParts, points: CrashPoints, outside: Outside): Instance {
  const { events, graph } = outside;
  return instanceOf(parts, {
    table: points.table(parts.table),
    dueTable: points.table(parts.dueTable),
    accounts: points.accounts(parts.table),
    processor: points.processor(outside.processor ?? parts.sandbox),
    methods: points.methods(outside.methods ?? new SandboxMethods()),
    ...(events !== undefined && { events: points.events(events) }),
    ...(graph !== undefined && { graph: points.calls(graph) }),
    voice: points.voice(VOICE),
  });
}

/** The worker goes on until nothing waits, and then some more. */
async function settle(parts: SharedParts, { runner }: Instance): Promise<void> {
  for (let round = 0, quiet = 0; round < ROUNDS_MAX && quiet <= QUIET_ROUNDS; round += 1) {
    parts.clock.pass({ minutes: 30 });
    await runner.round();
    quiet = (await waitingWork(parts)).length === 0 ? quiet + 1 : 0;
  }
}

interface Broken {
  readonly kind: CrashKind;
  readonly at: number;
}

/** The deed at an instance that breaks at this point, then at a sound one where it was not answered. */
async function played(scene: Scene, { kind, at }: Broken) {
  const parts = sharedParts();
  await scene.before?.(parts);
  await calm(10);
  const outside = scene.outside?.(parts) ?? {};
  const points = new CrashPoints(kind, at);
  const answered = await scene.deed(breaking(parts, points, outside), parts).then(
    () => true,
    () => false,
  );
  await calm(10);
  const passed = points.count;
  const sound = instanceOf(parts, outside);
  if (!answered) await scene.deed(sound, parts);
  await settle(parts, sound);
  return { passed, books: await booksOf({ parts, sound, recorded: scene.recorded }) };
}

async function expectSound(scene: Scene, kind: CrashKind): Promise<void> {
  const { passed } = await played(scene, { kind: 'dies', at: Infinity });
  expect(passed).toBe(scene.points);
  for (let at = 1; at <= scene.points; at += 1) {
    const { charged, ...books } = (await played(scene, { kind, at })).books;
    expect({ at, ...books }).toMatchObject({
      at,
      credited: charged,
      ...{ open: [], openRefunds: [], waiting: [], collecting: 0, parked: 0, failures: [] },
      ...{ spent: 0n, unbalanced: 0n, offLine: 0n, events: [], refunds: [], differences: [] },
      ...scene.ends,
    });
  }
}

/** Each scene as a test, with its number of points in its name. */
export function crashTests(scenes: readonly Scene[]): void {
  describe.each(['dies', 'fails'] as const)('an instance that %s at any point of', (kind) => {
    test.each(scenes)('$name ($points points)', (scene) => expectSound(scene, kind), TEST_MS_MAX);
  });
}
