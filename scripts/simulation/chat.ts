/** The chat as an instance reaches it: what people were told, and the sends that fail. */
import type { Billing } from '../../src/billing/billing.js';
import { DONE, type JobResult } from '../../src/billing/due/job-runner.js';
import { rowKeys } from '../../src/billing/ledger/world.js';
import { newestFirst } from '../../src/billing/storage/keys.js';
import type { TableStore } from '../../src/billing/storage/table.js';
import type { Voice } from '../../src/compose-billing.js';
import type { Fault } from './io.js';
import type { Caller, Pool } from './pool.js';

/** A send that did not surely arrive. */
export class SendFailed extends Error {
  override readonly name = 'SendFailed';
}

export interface Heard {
  alert(tenant: string, sequence: bigint, version: number): void;
  payment(tenant: string, id: string): void;
}

export interface ChatLink {
  readonly pool: Pool;
  readonly caller: Caller;
  readonly heard: Heard;
  readonly billing: Billing;
  readonly table: TableStore;
  /** ISO, some seconds from now: when the chat wants to be asked again. */
  readonly later: () => string;
}

export function lossyVoice(link: ChatLink): Voice {
  const { pool, caller, heard, billing, table } = link;
  return {
    showPayment: (tenant, { id, status }) =>
      pool.call(caller, {
        io: 'chat.payment',
        about: `${tenant} ${id} ${status}`,
        perform: async () => {
          heard.payment(tenant, id);
        },
        failed: sendFailed,
      }),
    deliverAlert: async (tenant, sequence) => {
      const alert = await billing.reader.row(tenant, 'alert', rowKeys.alert(sequence));
      if (alert === undefined) return DONE;
      const { version, kind } = alert;
      const said = await pool.call<JobResult>(caller, {
        io: 'chat.alert',
        about: `${tenant} ${sequence} v${version} ${kind}`,
        perform: async () => {
          heard.alert(tenant, sequence, version);
          return DONE;
        },
        // Told to wait, it waits; everything else is a failure of the job, which is tried again.
        failed: (fault) => (fault === 'throttled' ? { kind: 'again', at: link.later() } : sendFailed(fault)),
      });
      // One place hears everything; what came of it is noted as the sender notes it.
      const key = `delivery:${newestFirst(sequence)}:here`;
      if (said.kind === 'done') await table.commit(tenant, [{ kind: 'put', key, values: { state: 'sent' } }]);
      return said;
    },
  };
}

function sendFailed(fault: Fault): never {
  throw new SendFailed(fault);
}
