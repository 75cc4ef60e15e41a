/** Ports to what only the processor's own pages and records can do with stored cards. */
import type { Actor } from '../ledger/model.js';

/** A page of the processor, made at the click and never stored: it is short-lived, and opens somebody's account. */
export type PageLink =
  /** `until`: ISO, UTC; absent where only the processor knows how long it opens. */
  | { readonly kind: 'link'; readonly url: string; readonly until?: string }
  /** No clear answer; asking again is safe. */
  | { readonly kind: 'unknown' };

/** Who clicked. */
export interface PageAsked {
  readonly by: Actor;
}

/** Where cards are entered: their numbers never pass through here. */
export interface MethodPages {
  addLink(tenant: string, asked: PageAsked): Promise<PageLink>;
  /**
   * The card that is entered there comes beside the old one, which stays until it is removed: what still charges the old
   * one goes on. `noCustomer`: there is no card yet that could be replaced.
   */
  replaceLink(
    tenant: string,
    asked: PageAsked & { readonly methodId: string },
  ): Promise<PageLink | { readonly kind: 'noCustomer' }>;
}

/** Which cards are stored is not known just now: an empty list would say that there is none. Asking again is safe. */
export class CardsUnknown extends Error {
  override readonly name: string = 'CardsUnknown';
}

/** `notFound`: the tenant has no such card (any more). */
export type MethodChange = { readonly kind: 'done' | 'notFound' | 'unknown' };

export interface MethodChanges {
  /** It can't be charged any more. The caller makes sure that nothing depends on it. */
  remove(tenant: string, methodId: string): Promise<MethodChange>;
  makeDefault(tenant: string, methodId: string): Promise<MethodChange>;
}

/** The page on which a person approves one payment that the bank wants them for. */
export interface ActionLinks {
  /** `closed`: nothing is left to approve: it was paid, refused or cancelled. */
  linkFor(charge: {
    readonly tenant: string;
    readonly paymentId: string;
    readonly processorId: string;
  }): Promise<PageLink | { readonly kind: 'closed' }>;
}
