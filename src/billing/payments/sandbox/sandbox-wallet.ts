/**
 * The stored test cards of each tenant, and the links to the page where one is entered. They stand in the sandbox's table,
 * so that all instances know the same; no number is among them.
 */
import { after } from '../../ledger/calendar.js';
import { encodeKeyPart } from '../../storage/keys.js';
import { StorageUnavailable, type TableStore } from '../../storage/table.js';
import {
  CardsUnknown,
  type MethodChange,
  type MethodChanges,
  type MethodPages,
  type PageAsked,
  type PageLink,
} from '../method-ports.js';
import type { PaymentMethod, PaymentMethods } from '../processor.js';
import * as rules from './card-box.js';
import type { Boxed, CardBox, NewCard, UsedPage } from './card-box.js';
import { CARD_BOX_KEY, cardBoxFromRow, cardBoxToValues } from './card-box-row.js';
import type { SandboxCard } from './cards.js';
import { PAGE_HOURS_MAX, setupPath, type SetupLinks, type SetupPage } from './setup-page.js';

export interface WalletDeps {
  /** The sandbox's table, which holds its charges too. */
  readonly table: TableStore;
  readonly links: SetupLinks;
  /** Where people reach the bot; the links start with it. */
  readonly publicUrl: string;
  /** ISO, UTC. */
  readonly now: () => string;
  readonly newId: () => string;
}

/** Cards change when a person clicks: each conflict means that another click was first. */
export const CHANGE_ATTEMPTS_MAX = 10;
/** Of as many tenants the last list is remembered. */
const REMEMBERED_MAX = 1_000;

export class SandboxWallet implements PaymentMethods, MethodPages, MethodChanges {
  readonly #deps: WalletDeps;
  readonly #remembered = new Map<string, readonly SandboxCard[]>();

  constructor(deps: WalletDeps) {
    this.#deps = deps;
  }

  /**
   * While the table is away the cards as they were last: a payment that was confirmed is kept then, and whether its card
   * is still there is looked at when it is charged.
   */
  async list(tenant: string): Promise<readonly PaymentMethod[]> {
    try {
      return (await this.#read(tenant)).box.cards;
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error;
      const known = this.#remembered.get(tenant);
      if (known !== undefined) return known;
      throw new CardsUnknown('the stored cards can not be read just now', { cause: error });
    }
  }

  /** @throws StorageUnavailable */
  async find(tenant: string, methodId: string): Promise<SandboxCard | undefined> {
    const { box } = await this.#read(tenant);
    return box.cards.find(({ id }) => id === methodId);
  }

  addLink(tenant: string, { by }: PageAsked): Promise<PageLink> {
    return this.#link(tenant, { by });
  }

  replaceLink(
    tenant: string,
    { by, methodId }: PageAsked & { readonly methodId: string },
  ): Promise<PageLink> {
    return this.#link(tenant, { by, replaces: methodId });
  }

  remove(tenant: string, methodId: string): Promise<MethodChange> {
    return this.#answer(tenant, (box) => rules.removeCard(box, methodId));
  }

  makeDefault(tenant: string, methodId: string): Promise<MethodChange> {
    return this.#answer(tenant, (box) => rules.makeDefault(box, methodId));
  }

  /**
   * Keeps the card that was entered on a page; the first one that is sent counts.
   * @throws StorageUnavailable where nobody knows whether it was kept: the same page may be sent again.
   */
  async add(page: SetupPage, card: NewCard): Promise<'added' | 'before' | 'full'> {
    return this.#change(page.tenant, (box) => rules.addCard(box, { page, card, now: this.#deps.now() }));
  }

  /**
   * What a page has added, where it was used already.
   * @throws StorageUnavailable
   */
  async usedFor({ tenant, id }: SetupPage): Promise<UsedPage | undefined> {
    return rules.usedPage((await this.#read(tenant)).box, id);
  }

  async #link(tenant: string, asked: Pick<SetupPage, 'by' | 'replaces'>): Promise<PageLink> {
    const { links, publicUrl, now, newId } = this.#deps;
    const mintedAt = now();
    try {
      const form = await links.seal({ id: newId(), tenant, mintedAt, ...asked });
      const query = new URLSearchParams({ form }).toString();
      const url = `${publicUrl.replace(/\/$/u, '')}${setupPath(tenant)}?${query}`;
      return { kind: 'link', url, until: after(mintedAt, { hours: PAGE_HOURS_MAX }) };
    } catch (error) {
      if (error instanceof StorageUnavailable) return { kind: 'unknown' };
      throw error;
    }
  }

  async #answer(tenant: string, rule: (box: CardBox) => Boxed<'done' | 'notFound'>): Promise<MethodChange> {
    try {
      return { kind: await this.#change(tenant, rule) };
    } catch (error) {
      if (error instanceof StorageUnavailable) return { kind: 'unknown' };
      throw error;
    }
  }

  /** Reads, decides and writes under the row's ETag; decides anew where somebody else was first. */
  async #change<Kind extends string>(tenant: string, rule: (box: CardBox) => Boxed<Kind>): Promise<Kind> {
    for (let attempt = 1; attempt <= CHANGE_ATTEMPTS_MAX; attempt += 1) {
      const { box, etag } = await this.#read(tenant);
      const changed = rule(box);
      if (changed.box === box) return changed.kind;
      const row = { key: CARD_BOX_KEY, values: cardBoxToValues(changed.box) };
      const write =
        etag === undefined
          ? ({ kind: 'insert', ...row } as const)
          : ({ kind: 'replace', ...row, etag } as const);
      const result = await this.#deps.table.commit(encodeKeyPart(tenant), [write]);
      if (result.kind === 'committed') return changed.kind;
    }
    throw new StorageUnavailable(`the cards kept changing through ${CHANGE_ATTEMPTS_MAX} attempts`);
  }

  async #read(tenant: string): Promise<{ readonly box: CardBox; readonly etag?: string }> {
    const row = await this.#deps.table.get(encodeKeyPart(tenant), CARD_BOX_KEY);
    const box = row === undefined ? rules.FIRST_BOX : cardBoxFromRow(row);
    if (this.#remembered.size < REMEMBERED_MAX || this.#remembered.has(tenant))
      this.#remembered.set(tenant, box.cards);
    return { box, ...(row !== undefined && { etag: row.etag }) };
  }
}
