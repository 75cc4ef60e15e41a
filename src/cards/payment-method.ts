/** How a stored way to pay is called: never by more than its brand and last four digits. */
import { isSandboxMethod } from '../billing/payments/sandbox/cards.js';
import { isBoughtByPerson, type PaymentMethod } from '../billing/payments/processor.js';
import type { Speech } from './speech.js';

/** `Visa •••• 4242`, or in words where it is no card, for text that is read as it stands. */
export function methodName(method: Pick<PaymentMethod, 'brand' | 'last4'>, speech: Speech): string {
  if (isBoughtByPerson(method)) return speech.say('method.bought');
  return speech.say('method.name', { brand: method.brand, last4: method.last4 });
}

/** As an entry of a list to choose from: a test card says what it does, a real one until when it is valid. */
export function methodChoice(method: PaymentMethod, speech: Speech): string {
  const name = methodName(method, speech);
  if (isBoughtByPerson(method)) return name;
  const { scenario } = method;
  return scenario === undefined
    ? speech.say('method.choice', { name, month: expiryMonth(method, speech) })
    : speech.say('method.test', { name, scenario: speech.say(`method.test.${scenario}`) });
}

/** The last month in which it is valid, in words. */
export function expiryMonth(method: Pick<PaymentMethod, 'expires'>, speech: Speech): string {
  const month = new Intl.DateTimeFormat(speech.locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return month.format(new Date(`${method.expires}-15T00:00:00Z`));
}

/** Known by its id alone, so that a receipt goes on saying that no real money moved. */
export function isTestCard(methodId: string): boolean {
  return isSandboxMethod(methodId);
}
