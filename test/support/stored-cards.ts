/** What people do with stored cards in the chat, in the tests that need it done. */
import type { TestScenario } from '../../src/billing/payments/processor.js';
import type { Answer, ChatClient } from './client.js';

/** Presses “Manage” on the row of that card. */
export async function manage(chat: ChatClient, name: string): Promise<Answer> {
  const list = await chat.say('payment methods');
  const rows = list.card.content['body'] as readonly Record<string, unknown>[];
  const row = rows.find(
    (element) => element['type'] === 'ColumnSet' && JSON.stringify(element).includes(name),
  );
  return chat.click({ ...list.card, content: { ...list.card.content, body: [row], actions: [] } }, 'Manage');
}

/** Turns auto-recharge on: $50 below $20, charged to that card. */
export async function recharge(chat: ChatClient, scenario: TestScenario): Promise<void> {
  const form = await chat.say('set auto-recharge');
  const inputs = { trigger: '20', amount: '50', method: `sandbox-${scenario}` };
  const preview = await chat.click(form.card, 'Continue', inputs);
  await chat.click(preview.card, 'Turn on');
}
