/** A person at a chat client: types, clicks, and sees what comes back. Talks HTTP with the bot and with nothing else. */
import { TENANT, ADA, execute, fullConversationId, message, submit, type Setting } from './activities.js';
import type { JsonObject, Sent, StubConnector } from './connector.js';
import { allNodes, button, textOf } from './card-nodes.js';

export interface ShownCard {
  readonly content: JsonObject;
  readonly summary: string;
  /** The message that holds it. */
  readonly activityId: string;
}

export interface Answer {
  readonly status: number;
  /** Of an invoke. */
  readonly body: unknown;
  /** What the bot sent into this conversation meanwhile, in order. */
  readonly sent: readonly Sent[];
  /** The card that the person looks at now: from the click's answer, else the last one sent or updated. */
  readonly card: ShownCard;
  /** Everything on that card. */
  readonly text: string;
  /** The words below the clicked card, where the click was answered with words. */
  readonly note: string | undefined;
}

/** What was typed and chosen, by the ids of the inputs. */
export type Inputs = Readonly<Record<string, string>>;

export interface ClientOptions extends Partial<Omit<Setting, 'serviceUrl'>> {
  readonly botUrl: string;
  readonly connector: StubConnector;
  /** Sent as `Authorization`. */
  readonly authorization?: string;
  readonly serviceUrl?: string;
}

let conversations = 0;

const CONVERSATION_PREFIX = {
  personal: 'a:personal-',
  group: '19:group-',
  channel: '19:channel-',
  emulator: 'emulator-',
};

export class ChatClient {
  readonly setting: Setting;
  private readonly options: ClientOptions;

  constructor(options: ClientOptions) {
    conversations += 1;
    this.options = options;
    const { botUrl: _url, connector, authorization: _token, ...wanted } = options;
    const scope = options.scope ?? 'personal';
    this.setting = {
      scope,
      person: ADA,
      locale: 'en-US',
      thread: '1795373000000',
      tenant: scope === 'emulator' ? undefined : TENANT,
      serviceUrl: connector.serviceUrl,
      conversationId: `${CONVERSATION_PREFIX[scope]}${conversations}`,
      ...wanted,
    };
  }

  /** The same conversation through somebody else's client. */
  as(changes: Partial<Setting>): ChatClient {
    return new ChatClient({ ...this.options, ...this.setting, ...changes });
  }

  /** Where the bot's answers appear. */
  get conversationId(): string {
    return fullConversationId(this.setting);
  }

  /** What stands in this conversation now, threads apart. */
  get shown(): readonly ShownCard[] {
    return this.options.connector.shown(this.conversationId).map(shownCard);
  }

  /** What was posted by itself here: in a channel, outside the thread that this client talks in. */
  get posted(): readonly ShownCard[] {
    return this.options.connector.shown(this.setting.conversationId).map(shownCard);
  }

  say(text: string, extras: JsonObject = {}): Promise<Answer> {
    return this.send(message(this.setting, text, extras));
  }

  /** Presses a button as Teams does (Execute), or as the Emulator does (its Submit fallback). */
  async click(card: ShownCard, buttonTitle: string, inputs: Inputs = {}): Promise<Answer> {
    return this.send(this.clicking(card, buttonTitle, inputs), card);
  }

  /** The activity of a click, for those who want to send it twice, late or changed. */
  clicking(card: ShownCard, buttonTitle: string, inputs: Inputs = {}): JsonObject {
    const pressed = button(card, buttonTitle);
    const click = { cardActivityId: card.activityId, data: { ...pressed.data, ...inputsOf(card, inputs) } };
    if (pressed.type === 'Action.Submit' || this.setting.scope === 'emulator')
      return submit(this.setting, click);
    return execute(this.setting, { ...click, title: buttonTitle, verb: pressed.verb ?? '' });
  }

  /** As an older client does, that knows no Execute. */
  submit(card: ShownCard, buttonTitle: string, inputs: Inputs = {}): Promise<Answer> {
    const data = { ...button(card, buttonTitle).data, ...inputsOf(card, inputs) };
    return this.send(submit(this.setting, { cardActivityId: card.activityId, data }), card);
  }

  /** Any activity, as it is. */
  async send(activity: JsonObject, clicked?: ShownCard): Promise<Answer> {
    const { connector, botUrl, authorization } = this.options;
    const before = connector.sent.length;
    const response = await fetch(`${botUrl}/api/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify(activity),
    });
    const text = await response.text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const here = connector.sent.slice(before).filter((one) => one.conversationId === this.conversationId);
    // An alert may come into the same chat meanwhile: where something answers this very message, that is the answer.
    const answers = here.filter((one) => one.activity['replyToId'] === activity['id']);
    const sent = activity['id'] !== undefined && answers.length > 0 ? answers : here;
    return answerOf({ status: response.status, body, sent }, clicked);
  }
}

function answerOf(got: Pick<Answer, 'status' | 'body' | 'sent'>, clicked: ShownCard | undefined): Answer {
  const invoke = (got.body ?? {}) as { type?: string; value?: unknown };
  const last = got.sent.filter((one) => one.acknowledged && one.kind !== 'create').map(shownCard);
  const replaced = invoke.type === CARD_TYPE ? [cardOf(invoke.value, clicked?.activityId)] : [];
  const card = [...last, ...replaced].at(-1);
  return {
    ...got,
    note: typeof invoke.value === 'string' ? invoke.value : undefined,
    text: card === undefined ? '' : textOf(card),
    get card(): ShownCard {
      if (card === undefined) throw new Error(`no card came back: ${JSON.stringify(got).slice(0, 1_000)}`);
      return card;
    },
  };
}

const CARD_TYPE = 'application/vnd.microsoft.card.adaptive';

function cardOf(content: unknown, activityId = ''): ShownCard {
  return { content: content as JsonObject, summary: '', activityId };
}

function shownCard({ activity, activityId }: Sent): ShownCard {
  // What makes a conversation may hold no card.
  const { attachments = [], summary = '' } = activity as {
    attachments?: readonly { content: JsonObject }[];
    summary?: string;
  };
  return { content: attachments[0]?.content ?? {}, summary, activityId };
}

/** Every input comes back as a string; one without a value that nobody touched is absent (PLATFORM). */
function inputsOf(card: ShownCard, typed: Inputs): Inputs {
  const inputs = allNodes(card.content).filter(({ type }) => type.startsWith('Input.'));
  const ids = inputs.map(({ json }) => String(json['id']));
  const unknown = Object.keys(typed).find((id) => !ids.includes(id));
  if (unknown !== undefined) throw new Error(`no input ${unknown} on the card, only ${ids.join(', ')}`);
  const filled = inputs.filter(({ json }) => json['value'] !== undefined);
  const untouched = filled.map(({ json }) => [String(json['id']), String(json['value'])] as const);
  return { ...Object.fromEntries(untouched), ...typed };
}
