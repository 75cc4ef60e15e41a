/** The one way to pay where Microsoft sells the credits: a person buys them. */
import type { PaymentMethod, PaymentMethods } from '../processor.js';

/** No card: it has no digits, and no month after which it can't be used. */
export const ADMIN_CENTER_METHOD: PaymentMethod = {
  id: 'admin-center',
  brand: 'Microsoft 365 admin center',
  last4: '',
  expires: '9999-12',
};

export class AdminCenterMethods implements PaymentMethods {
  async list(): Promise<readonly PaymentMethod[]> {
    return [ADMIN_CENTER_METHOD];
  }
}
