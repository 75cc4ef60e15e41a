import type { Account, Member } from '../ledger/model.js';
import { same, type Report } from './finding.js';

/** Holds the roles that the account's row lists, by which people are let in, against the member rows. */
export class RoleCheck {
  private readonly listed: ReadonlyMap<string, string> | undefined;
  private readonly report: Report;
  private rows = 0;

  constructor({ roles }: Account, report: Report) {
    this.listed = roles && new Map([...roles.viewers.map(as('viewer')), ...roles.admins.map(as('admin'))]);
    this.report = report;
  }

  take({ id, role }: Member): void {
    this.rows += 1;
    if (this.listed !== undefined)
      same(this.report, `member ${id}`, ['its listed role', this.listed.get(id), role]);
  }

  end(): void {
    if (this.listed === undefined) return;
    same(this.report, 'account', ['its count of listed roles', this.listed.size, this.rows]);
  }
}

function as(role: Member['role']): (id: string) => readonly [string, string] {
  return (id) => [id, role];
}
