import { Checkpoints } from '../../../../src/billing/usage/graph/checkpoints.js';
import { daysCollected } from '../../../../src/billing/usage/graph/plan.js';
import { TENANT, testBilling, usd } from '../../../support/billing.js';
import { collecting, PatientClock } from '../../../support/graph/connected.js';
import { interruptedBackFill } from '../../../support/graph/interrupted.js';

const ROWS = 100_000;

test('a back-fill of 90 days and 100,000 calls, interrupted three times, charges every call once', async () => {
  const test = await testBilling();
  const graph = await collecting(new PatientClock(test.clock));
  try {
    const { table, billing } = test;
    const parts = { table, intake: billing.intake, reader: billing.reader };
    const outcome = await interruptedBackFill(graph, parts, ROWS);
    expect(outcome).toMatchObject({ calls: ROWS, balance: usd(-ROWS / 100), interruptions: 3 });
    expect(daysCollected(await new Checkpoints(table).read(TENANT))).toBe(90);
    expect(outcome.runs).toBeGreaterThan(5);
    // 90 days of two pages each; what was interrupted is asked for again from the day on, not from the start.
    expect(outcome.requests).toBeLessThan(90 * 2 + 10);
  } finally {
    await graph.graph.stop();
  }
}, 60_000);
