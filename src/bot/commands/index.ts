/** Every command, once: the compiler counts them against the strings. */
import type { Command } from '../command.js';
import type { CommandName } from '../command-name.js';
import { addFundsCommand } from './add-funds.js';
import { adjustCommand } from './adjust.js';
import { alertsCommand } from './alerts.js';
import { attestCommand } from './attest.js';
import { autoRechargeCommand } from './auto-recharge.js';
import { balanceCommand } from './balance.js';
import { createHelpCommand } from './help.js';
import { historyCommand } from './history.js';
import { membersCommand } from './members.js';
import { paymentMethodsCommand } from './payment-methods.js';
import { paymentsCommand } from './payments.js';
import { refundCommand } from './refund.js';
import { setBalanceCommand } from './set-balance.js';
import { spendCommand } from './spend.js';
import { usageCommand } from './usage.js';
import { usageIssuesCommand } from './usage-issues.js';
import { whyCommand } from './why.js';

export const commands: Readonly<Record<CommandName, Command>> = {
  help: createHelpCommand(
    (name) => commands[name].role,
    (name, { paidBy }) => commands[name].paidBy?.includes(paidBy) ?? true,
  ),
  balance: balanceCommand,
  addFunds: addFundsCommand,
  autoRecharge: autoRechargeCommand,
  history: historyCommand,
  alerts: alertsCommand,
  spend: spendCommand,
  payments: paymentsCommand,
  why: whyCommand,
  members: membersCommand,
  paymentMethods: paymentMethodsCommand,
  usageIssues: usageIssuesCommand,
  usage: usageCommand,
  refund: refundCommand,
  adjust: adjustCommand,
  attest: attestCommand,
  setBalance: setBalanceCommand,
};
