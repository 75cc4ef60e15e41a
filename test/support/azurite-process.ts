/** Azurite's table service as a process of its own, in memory, for tests whose programs are processes too. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { azuriteConnectionString } from '../../src/embedded/azurite.js';
import { freePort } from './program.js';

const MAIN = resolve(__dirname, '../../node_modules/azurite/dist/src/table/main.js');
const HOST = '127.0.0.1';

export interface AzuriteProcess {
  readonly connectionString: string;
  stop(): Promise<void>;
}

export async function startAzuriteProcess(): Promise<AzuriteProcess> {
  const port = await freePort();
  const options = ['--inMemoryPersistence', '--disableTelemetry', '--skipApiVersionCheck', '--silent'];
  const address = ['--tableHost', HOST, '--tablePort', String(port)];
  const child = spawn(process.execPath, [MAIN, ...options, ...address], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  while (!output.includes('successfully')) {
    if (child.exitCode !== null) throw new Error(`Azurite did not come up:\n${output}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
  return {
    connectionString: azuriteConnectionString(HOST, port),
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGINT');
      await once(child, 'exit');
    },
  };
}
