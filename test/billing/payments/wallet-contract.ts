/** What the ports to stored cards promise, whoever keeps them: one suite that each adapter runs. */
import {
  CardsUnknown,
  type MethodChanges,
  type MethodPages,
} from '../../../src/billing/payments/method-ports.js';
import type { PaymentMethods } from '../../../src/billing/payments/processor.js';

export interface WalletUnderTest {
  readonly wallet: PaymentMethods & MethodPages & MethodChanges;
  /** A second instance of the adapter, as in another process, over the same records. */
  readonly other: PaymentMethods & MethodChanges;
  /** What the person does who opens a link and enters a card. Does nothing where the page takes none any more. */
  enter(url: string): Promise<void>;
  /** Whoever keeps the cards gives no clear answer from now on. */
  goAway(): void;
  comeBack(): void;
}

const TENANT = 'contoso';
const by = { id: 'admin-1', name: 'Ada Admin' };

export function walletContract(name: string, create: () => Promise<WalletUnderTest>): void {
  describe(`${name} keeps the promises of a wallet:`, () => {
    let subject: WalletUnderTest;
    let wallet: WalletUnderTest['wallet'];

    beforeEach(async () => {
      subject = await create();
      ({ wallet } = subject);
    });

    async function ids(tenant = TENANT): Promise<readonly string[]> {
      return (await wallet.list(tenant)).map(({ id }) => id);
    }

    /** @returns the id of the card that came. */
    async function add(tenant = TENANT): Promise<string> {
      const before = await ids(tenant);
      const link = await wallet.addLink(tenant, { by });
      if (link.kind !== 'link') throw new Error(link.kind);
      await subject.enter(link.url);
      const [added, ...more] = (await ids(tenant)).filter((id) => !before.includes(id));
      if (added === undefined || more.length > 0) throw new Error('not one card came');
      return added;
    }

    test('a card comes by the page behind a link, and is shown by brand, last digits and expiry', async () => {
      const id = await add();
      const card = (await wallet.list(TENANT)).find((stored) => stored.id === id);
      expect(card).toMatchObject({
        last4: expect.stringMatching(/^\d{4}$/u) as string,
        expires: expect.stringMatching(/^\d{4}-\d{2}$/u) as string,
      });
      expect(JSON.stringify(card)).not.toMatch(/\d{12,}/u);
    });

    test('a link is made anew at each click, and one page adds one card', async () => {
      const [first, second] = [await wallet.addLink(TENANT, { by }), await wallet.addLink(TENANT, { by })];
      if (first.kind !== 'link' || second.kind !== 'link') throw new Error('no link');
      expect(first.url).not.toBe(second.url);
      const before = (await ids()).length;
      await subject.enter(first.url);
      await subject.enter(first.url);
      expect(await ids()).toHaveLength(before + 1);
      await subject.enter(second.url);
      expect(await ids()).toHaveLength(before + 2);
    });

    test('the default one comes first, on every instance, and is asked for twice with the same outcome', async () => {
      const [first, second] = [await add(), await add()];
      for (const id of [first, second, second]) {
        expect(await wallet.makeDefault(TENANT, id)).toEqual({ kind: 'done' });
        expect((await ids())[0]).toBe(id);
        expect((await subject.other.list(TENANT))[0]).toMatchObject({ id });
      }
    });

    test('a removed card is gone for all instances, and removing it again says that it is not there', async () => {
      const [kept, removed] = [await add(), await add()];
      expect(await wallet.remove(TENANT, removed)).toEqual({ kind: 'done' });
      expect(await ids()).toContain(kept);
      expect(await ids()).not.toContain(removed);
      expect(await subject.other.remove(TENANT, removed)).toEqual({ kind: 'notFound' });
      expect(await wallet.makeDefault(TENANT, removed)).toEqual({ kind: 'notFound' });
    });

    test('two people at once change both', async () => {
      const [first, second] = [await add(), await add()];
      await Promise.all([wallet.remove(TENANT, first), subject.other.remove(TENANT, second)]);
      expect(await ids()).not.toEqual(expect.arrayContaining([first]));
      expect(await ids()).not.toEqual(expect.arrayContaining([second]));
    });

    test('the cards of another tenant are not there, and stay as they are', async () => {
      const foreign = await add('fabrikam');
      await add();
      const before = await ids('fabrikam');
      expect(await ids()).not.toContain(foreign);
      expect(await wallet.remove(TENANT, foreign)).toEqual({ kind: 'notFound' });
      expect(await wallet.makeDefault(TENANT, foreign)).toEqual({ kind: 'notFound' });
      expect(await ids('fabrikam')).toEqual(before);
    });

    test('a link to replace a card leaves the old one until it is removed', async () => {
      const id = await add();
      const before = await ids();
      expect(await wallet.replaceLink(TENANT, { by, methodId: id })).toMatchObject({ kind: 'link' });
      expect(await ids()).toEqual(before);
    });

    test('without a clear answer nothing is called done, and no list is called empty', async () => {
      const id = await add();
      subject.goAway();
      expect(await wallet.remove(TENANT, id)).toEqual({ kind: 'unknown' });
      expect(await wallet.makeDefault(TENANT, id)).toEqual({ kind: 'unknown' });
      await expect(subject.other.list(TENANT)).rejects.toThrow(CardsUnknown);
      subject.comeBack();
      expect(await ids()).toContain(id);
      expect(await wallet.remove(TENANT, id)).toEqual({ kind: 'done' });
    });
  });
}
