/**
 * The floor: a bot as the SDK's samples write it (restify, CloudAdapter) that answers every click with one point read and
 * a fixed card. It loads the same chat SDK and the same table client as ours, and nothing else.
 */
import { readFile } from 'node:fs/promises';
import { TableClient } from '@azure/data-tables';
import { CloudAdapter, ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import restify from 'restify';

const { PORT = '0', BENCH_CARD = '', BENCH_KEYS = '', TABLE_NAME = '' } = process.env;
const { TABLE_CONNECTION_STRING = '' } = process.env;
const card: unknown = JSON.parse(await readFile(BENCH_CARD, 'utf8'));
const [partition = '', row = ''] = BENCH_KEYS.split('|');
const table = TableClient.fromConnectionString(TABLE_CONNECTION_STRING, TABLE_NAME, {
  allowInsecureConnection: true,
});

const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}));
const server = restify.createServer();
server.use(restify.plugins.bodyParser());
server.post('/api/messages', async (request, response) => {
  const { headers, method } = request;
  const body = request.body as Record<string, unknown> | undefined;
  await adapter.process(
    { body: body ?? {}, headers, method: method ?? 'POST' },
    response,
    async (context) => {
      await table.getEntity(partition, row);
      await context.sendActivity({
        type: 'invokeResponse',
        value: {
          status: 200,
          body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: card },
        },
      });
    },
  );
});
server.listen(Number(PORT), '127.0.0.1');
