import { freshTable } from '../../../support/azurite.js';
import { usd } from '../../../support/billing.js';
import { collecting, PatientClock } from '../../../support/graph/connected.js';
import { interruptedBackFill } from '../../../support/graph/interrupted.js';
import { instanceOf, sharedParts } from '../../../support/shared-billing.js';

const ROWS = 5_000;

test('a back-fill of 5,000 calls, interrupted three times, charges every call once on the real table service', async () => {
  const [table, dueTable] = await Promise.all([freshTable(), freshTable()]);
  const parts = sharedParts({ table, dueTable });
  const { billing } = instanceOf(parts);
  const graph = await collecting(new PatientClock(parts.clock));
  try {
    const backFill = { table, intake: billing.intake, reader: billing.reader };
    const outcome = await interruptedBackFill(graph, backFill, ROWS);
    expect(outcome).toMatchObject({ calls: ROWS, balance: usd(-ROWS / 100), interruptions: 3 });
  } finally {
    await graph.graph.stop();
  }
}, 90_000);
