/**
 * The bot's own addresses of a payment: where its bank's page is opened, and where that page leads back to. Ids of
 * payments can be guessed, so each address is sealed: who was not shown it opens nothing.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ChargeRef } from '../processor.js';

const PURPOSE = 'addresses of payments';
const SEAL_CHARS = 32;

export class PaymentLinks {
  readonly #publicUrl: string;
  readonly #key: Buffer;

  /**
   * The key of the seal is made of `secret`, and does not tell it. A new secret closes the addresses that were made with
   * the old one; a payment that waits gets a new one with its next look.
   */
  constructor({ publicUrl, secret }: { readonly publicUrl: string; readonly secret: string }) {
    this.#publicUrl = publicUrl.replace(/\/$/u, '');
    this.#key = createHmac('sha256', secret).update(PURPOSE).digest();
  }

  /** It never changes: the page behind it is made at the click. */
  approve(charge: ChargeRef): string {
    return this.#address(charge, '/approve');
  }

  back(charge: ChargeRef): string {
    return this.#address(charge, '');
  }

  opens(charge: ChargeRef, seal: string): boolean {
    const [given, expected] = [Buffer.from(seal), Buffer.from(this.#seal(charge))];
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #address(charge: ChargeRef, page: string): string {
    const path = [charge.tenant, charge.paymentId].map(encodeURIComponent).join('/');
    return `${this.#publicUrl}/payments/${path}${page}?seal=${this.#seal(charge)}`;
  }

  #seal({ tenant, paymentId }: ChargeRef): string {
    const content = JSON.stringify([tenant, paymentId]);
    return createHmac('sha256', this.#key).update(content).digest('base64url').slice(0, SEAL_CHARS);
  }
}
