/** JSON logs for the operator: ids, amounts and outcomes; never what people typed, and never a secret. */
import { pino, type Logger } from 'pino';
import type { JobLog } from './billing/due/job-runner.js';
import type { SenderLog } from './bot/alerts/alert-sender.js';

export type { Logger } from 'pino';

export function createLog(level: string): Logger {
  return pino({
    level,
    base: { service: 'communications-credits-bot' },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}

export function jobLog(log: Logger): JobLog {
  return {
    jobFailed: (work, error) => {
      const message = work.parked ? 'work parked: an operator must look' : 'work failed and is tried again';
      log.error({ err: error, ...work }, message);
    },
    roundFailed: (error) => {
      log.error({ err: error }, 'a round of the worker failed');
    },
  };
}

export function senderLog(log: Logger): SenderLog {
  return {
    undelivered: (tenant, sequence) => {
      log.error({ tenant, alert: sequence.toString() }, 'alert reached nobody');
    },
    sendFailed: (tenant, sequence, result) => {
      const cause = result.kind === 'failed' ? { err: result.cause } : {};
      log.warn({ tenant, alert: sequence.toString(), outcome: result.kind, ...cause }, 'alert not sent');
    },
  };
}
