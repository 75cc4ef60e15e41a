import type { Azurite } from '../../src/embedded/azurite.js';

/** Stops the table service that the global setup started, in the same process. */
export default async function stopTableService(): Promise<void> {
  await (globalThis as { azuriteOfThisRun?: Azurite }).azuriteOfThisRun?.close();
}
