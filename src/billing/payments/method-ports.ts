/** Ports to what only the processor's own pages and records can do with stored cards. */

/** A page of the processor, made at the click and never stored: it is short-lived, and opens somebody's account. */
export type PageLink =
  | { readonly kind: 'link'; readonly url: string }
  /** No clear answer; asking again is safe. */
  | { readonly kind: 'unknown' };

/** Where cards are entered: their numbers never pass through here. */
export interface MethodPages {
  addLink(tenant: string): Promise<PageLink>;
  /** `noCustomer`: there is no card yet that could be replaced. */
  replaceLink(tenant: string): Promise<PageLink | { readonly kind: 'noCustomer' }>;
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
