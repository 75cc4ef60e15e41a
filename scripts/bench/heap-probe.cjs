/* Loaded into the bot by the benchmark `memory`: answers with the heap that a full collection leaves. */
process.on('message', () => {
  globalThis.gc();
  globalThis.gc();
  process.send(process.memoryUsage().heapUsed);
});
process.channel?.unref();
