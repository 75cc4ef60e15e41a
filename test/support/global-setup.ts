import type * as embedded from '../../src/embedded/azurite.js';

/** Jest maps `.js` to `.ts` in tests but not in its global setup, so the file is asked for without its ending. */
const EMBEDDED_AZURITE: string = '../../src/embedded/azurite';

/** One table service for the whole run, started before the workers are forked: they inherit the environment. */
export default async function startTableService(): Promise<void> {
  const { startAzurite } = (await import(EMBEDDED_AZURITE)) as typeof embedded;
  const azurite = await startAzurite({ inMemory: true, port: 0 });
  process.env['TEST_TABLE_CONNECTION'] = azurite.connectionString;
  (globalThis as { azuriteOfThisRun?: embedded.Azurite }).azuriteOfThisRun = azurite;
}
