/** The nouns of the ledger (DESIGN §3, §8). Amounts are micros of the account's one currency; times are ISO, UTC. */
export * from './model/actor.js';
export * from './model/entry.js';
export * from './model/usage.js';
export * from './model/payment.js';
export * from './model/alert.js';
export * from './model/card.js';
export * from './model/event.js';
export * from './model/account.js';
