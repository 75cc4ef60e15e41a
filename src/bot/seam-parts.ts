/** What the files of the seam share. */
import type { TurnContext } from 'botbuilder';
import type { IncomingActivity } from './activity.js';
import type { BotAdapter } from './adapter.js';
import type { Deliveries } from './deliveries.js';
import type { Arrival, Dispatcher, TurnLog } from './dispatcher.js';
import type { DoorRules } from './front-door.js';
import type { Messenger } from './messenger.js';
import type { Sightings } from './ports.js';

export interface ChatParts {
  readonly adapter: BotAdapter;
  readonly messenger: Messenger;
  readonly dispatcher: Dispatcher;
  readonly sightings: Sightings;
  readonly rules: DoorRules;
  readonly log: TurnLog;
  readonly sendTimeoutMs: number;
  /** ISO, UTC. */
  now(): string;
}

export interface SeamParts extends ChatParts {
  readonly deliveries: Deliveries;
  /** Runs work outside the turn, which must not be rejected; see `Chat.settled`. */
  readonly beside: (work: Promise<void>) => void;
}

/** A turn while the SDK's context is alive. */
export interface LiveTurn {
  readonly context: TurnContext;
  readonly activity: IncomingActivity;
  readonly arrival: Arrival;
}
