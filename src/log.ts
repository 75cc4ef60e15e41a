/** JSON logs for the operator: ids, amounts and outcomes; never what people typed, and never a secret. */
import { pino, type Logger } from 'pino';
import type { ScanLog } from './billing/due/daily-scan.js';
import type { JobLog } from './billing/due/job-log.js';
import type { CollectorLog } from './billing/usage/graph/graph-collector.js';
import { TROUBLES } from './billing/usage/graph/pstn-calls.js';
import type { SecondSourceLog } from './billing/usage/second-source.js';
import { withDecimals } from './billing/usage/source-comparison.js';
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
    jobOverran: (work) => {
      log.warn({ ...work }, 'work takes longer than a round waits for it');
    },
    foreignJob: (name) => {
      log.warn({ name }, 'due rows of another version of this program are left to it');
    },
    roundFailed: (error) => {
      log.error({ err: error }, 'a round of the worker failed');
    },
  };
}

export function scanLog(log: Logger): ScanLog {
  return {
    chainHead: ({ tenant, sequence, hash }) => {
      log.info({ tenant, sequence: sequence.toString(), hash }, 'head of the chain');
    },
    holeFound: (work) => {
      log.warn({ ...work }, 'work without a due row: it has one now');
    },
    scanFailed: (tenant, part, error) => {
      log.error({ err: error, tenant, part }, 'a part of the daily scan failed');
    },
  };
}

export function usageLog(log: Logger): SecondSourceLog & CollectorLog {
  return {
    usageTrouble: (tenant, { reason, detail }, window) => {
      log.warn(
        { tenant, reason, detail, ...window, advice: TROUBLES[reason].advice },
        'call records could not be collected',
      );
    },
    secondSource: (tenant, comparison) => {
      log.warn(
        { tenant, ...withDecimals(comparison) },
        'a second source for a day: compared, and not charged',
      );
    },
  };
}

export function senderLog(log: Logger): SenderLog {
  return {
    undelivered: (tenant, sequence) => {
      log.error({ tenant, alert: sequence.toString() }, 'alert reached nobody');
    },
    round: (tenant, sequence, counts) => {
      const level = counts.doubtful > 0 ? 'warn' : 'info';
      log[level]({ tenant, alert: sequence.toString(), ...counts }, 'alert delivered');
    },
    sendFailed: (tenant, sequence, result) => {
      const cause = result.kind === 'failed' ? { err: result.cause } : {};
      log.warn({ tenant, alert: sequence.toString(), outcome: result.kind, ...cause }, 'alert not sent');
    },
  };
}
