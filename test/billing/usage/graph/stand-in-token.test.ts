import pino from 'pino';
import { MemoryTableStore } from '../../../../src/billing/storage/memory-table.js';
import { composeGraph } from '../../../../src/compose-graph.js';
import { loadConfig } from '../../../../src/config.js';
import { START, TENANT } from '../../../support/billing.js';
import { GraphStandIn, TOKEN } from '../../../support/graph/stand-in.js';
import { PatientClock } from '../../../support/graph/connected.js';

const CLIENT = { GRAPH_CLIENT_ID: 'client', GRAPH_CLIENT_SECRET: 'secret' };

test('who stands in for Graph is sent no real token, and none is asked for', async () => {
  const graph = new GraphStandIn(() => START);
  const env = { GRAPH_USAGE: 'on', GRAPH_SERVER: await graph.start(), ...CLIENT };
  const config = loadConfig({ embedded: true, playground: false }, env);
  const [ledger, due, sandbox] = [new MemoryTableStore(), new MemoryTableStore(), new MemoryTableStore()];
  const parts = { config, tables: { ledger, due, sandbox }, log: pino({ level: 'silent' }) };
  try {
    const calls = composeGraph(parts, new PatientClock());
    const page = await calls?.page(TENANT, { from: START, to: START });
    expect(page).toEqual({ kind: 'page', rows: [] });
    expect(graph.seen.map(({ authorization }) => authorization)).toEqual([`Bearer ${TOKEN}`]);
  } finally {
    await graph.stop();
  }
});
