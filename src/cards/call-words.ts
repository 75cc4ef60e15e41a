/** What a reader is told about one call's ends: viewers see what it cost and where it went, not who talked to whom. */
import type { StoredCall } from '../billing/ledger/model.js';
import { numberOf, userOf, type Slice } from '../billing/spend/breakdown.js';
import { maskedNumber } from './phone-mask.js';
import type { Speech } from './speech.js';

export interface Reader {
  /** An admin: numbers in full and names of users. */
  readonly seesPeople: boolean;
  readonly speech: Speech;
}

export function destinationName(name: string | undefined, { speech }: Reader): string {
  return name === undefined || name === '' ? speech.say('calls.noDestination') : name;
}

export function numberName(number: string, { seesPeople, speech }: Reader): string {
  if (number === '') return speech.say('calls.noNumber');
  return seesPeople ? number : maskedNumber(number);
}

/** In a ranking a viewer sees "User 1", so that the spread is visible and nobody's telephoning is. */
export function userName(user: Pick<Slice, 'key' | 'name'>, rank: number, reader: Reader): string {
  const { seesPeople, speech } = reader;
  if (user.key === '') return speech.say('calls.noUser');
  if (!seesPeople) return speech.say('calls.someUser', { rank });
  return user.name === '' ? user.key : user.name;
}

export function numberOfCall(call: StoredCall, reader: Reader): string {
  return numberName(numberOf(call).key, reader);
}

/** Undefined for viewers: next to a time and a number, even an alias says who it was. */
export function userOfCall(call: StoredCall, reader: Reader): string | undefined {
  return reader.seesPeople ? userName(userOf(call), 0, reader) : undefined;
}

export function durationText(seconds: number, speech: Speech): string {
  const whole = Math.round(seconds);
  const parts = {
    hours: Math.floor(whole / 3_600),
    minutes: Math.floor(whole / 60) % 60,
    seconds: whole % 60,
  };
  if (parts.hours > 0) return speech.say('calls.hours', parts);
  return speech.say(parts.minutes > 0 ? 'calls.minutes' : 'calls.seconds', parts);
}
