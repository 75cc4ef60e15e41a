import { chromium, type Browser, type Locator, type Page, type Route } from 'playwright-core';
import { PlaygroundCard, type Explain } from './playground-card.js';

const BROWSER = '/usr/bin/chromium';
const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const WAIT_MS_MAX = 10_000;
const PAGE_TEXT_CHARS_MAX = 4_000;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

const EDITOR = '[data-lexical-editor="true"]';
const SEEN = 'data-driver-seen';
const NUMBER = 'data-driver-number';

/** How the page is opened. The window is tall by default: the Playground scrolls inside, which cuts pictures off. */
export interface DriverOptions {
  readonly width?: number;
  readonly height?: number;
  readonly browserPath?: string;
}

type Place = 'personal' | 'group' | 'channel';

/**
 * Drives the real page of Microsoft 365 Agents Playground as a person would: choose a chat, write, read and use
 * cards. It waits for content, never for a time; what fails shows the page's text. Nothing leaves this machine.
 */
export class PlaygroundDriver {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #origin: string;
  #place: Place = 'personal';
  #bot = '';
  #cards = 0;

  private constructor(browser: Browser, page: Page, url: string) {
    this.#browser = browser;
    this.page = page;
    this.#origin = new URL(url).origin;
  }

  /** Opens the page in a browser of its own, on the personal chat. The bot must answer already. */
  static async open(url: string, options: DriverOptions = {}): Promise<PlaygroundDriver> {
    const browser = await chromium.launch({
      executablePath: options.browserPath ?? BROWSER,
      args: BROWSER_FLAGS,
    });
    try {
      const viewport = { width: options.width ?? 1_280, height: options.height ?? 2_000 };
      const page = await browser.newPage({ viewport });
      await page.route('**/*', onlyLoopback);
      const driver = new PlaygroundDriver(browser, page, url);
      await driver.reload();
      return driver;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** Loads the page anew: the bot hears of an installation again, and the page forgets what was said. */
  async reload(): Promise<void> {
    await this.page.goto(this.#origin);
    await this.openPersonalChat();
    const face = this.#treeItem('Personal Chat').locator('.fui-Avatar');
    this.#bot = (await face.getAttribute('aria-label')) ?? '';
  }

  /** Opens the chat between the current user and the bot alone. */
  async openPersonalChat(): Promise<void> {
    await this.#open('Personal Chat', 'personal');
  }

  /** Opens a group chat by its name; the first time, the bot hears that it was installed there. */
  async openGroupChat(name: string): Promise<void> {
    await this.#open(name, 'group');
  }

  /** Opens a channel by its name; the first time, the bot hears that it was installed there. */
  async openChannel(name: string): Promise<void> {
    await this.#open(name, 'channel');
  }

  /** Writes to the bot: a message in a chat, a new post in a channel; mentions the bot where that is needed. */
  async send(text: string): Promise<void> {
    await this.#write(this.page.locator('#root'), text);
  }

  /** Writes to the bot in the thread of a channel that contains the text. */
  async reply(threadText: string, text: string): Promise<void> {
    const thread = this.page.locator('.fui-Card').filter({ hasText: threadText }).first();
    await this.#write(thread, text);
  }

  /** Writes to the bot, and waits for a message or card that came after it and contains the text. */
  async ask(text: string, answer: string): Promise<PlaygroundCard> {
    await this.#markSeen();
    await this.send(text);
    return this.#waitFor(answer, `:not([${SEEN}])`);
  }

  /** Waits for a message or card of the bot in this chat that contains the text; the newest, if there are several. */
  async waitForCard(text: string): Promise<PlaygroundCard> {
    return this.#waitFor(text, '');
  }

  /** The newest message or card of the bot in this chat, whatever it says. */
  async newest(): Promise<PlaygroundCard> {
    return this.#waitFor('', '');
  }

  /** The text of the newest message or card of the bot in this chat. */
  async newestText(): Promise<string> {
    return (await this.newest()).text();
  }

  /** All that the page shows, the log panel included. */
  async pageText(): Promise<string> {
    return this.page.locator('#root').innerText();
  }

  /**
   * Has the Playground send the bot any activity: from another person, an edit, a reaction, an uninstall. It must be
   * complete, `serviceUrl` and `conversation` included (see test/fixtures/playground); answers show on the page.
   */
  async postActivity(activity: Readonly<Record<string, unknown>>): Promise<void> {
    const response = await fetch(`${this.#origin}/_internal/v1/customActivities`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(activity),
    });
    if (!response.ok) throw new Error(`The Playground refused the activity: ${response.status}.`);
  }

  /** Takes a picture of the window. */
  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path });
  }

  /** Closes the browser. */
  async close(): Promise<void> {
    await this.#browser.close();
  }

  async #open(name: string, place: Place): Promise<void> {
    await this.#explain(`open "${name}"`, async () => {
      await this.#treeItem(name).click({ timeout: WAIT_MS_MAX });
      const editor = place === 'channel' ? 'Start a new post' : 'Type a message...';
      await this.page.getByText(editor, { exact: true }).first().waitFor({ timeout: WAIT_MS_MAX });
    });
    this.#place = place;
  }

  // A channel is listed as "team - channel".
  #treeItem(name: string): Locator {
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return this.page.getByRole('treeitem', { name: new RegExp(`(^| - )${escaped}$`) });
  }

  async #write(within: Locator, text: string): Promise<void> {
    const editor = within.locator(EDITOR).first();
    await this.#explain(`send "${text}"`, async () => {
      await editor.click({ timeout: WAIT_MS_MAX });
      if (this.#place !== 'personal') await this.#mentionBot();
      await this.page.keyboard.insertText(this.#place === 'personal' ? text : ` ${text}`);
      await within
        .getByRole('button', { name: /^(Post|Send Message)$/ })
        .first()
        .click({ timeout: WAIT_MS_MAX });
      await editor.filter({ hasNotText: /\S/ }).waitFor({ timeout: WAIT_MS_MAX });
    });
  }

  // Only a name that was taken from the list becomes a mention; the same letters typed stay text.
  async #mentionBot(): Promise<void> {
    await this.page.keyboard.type(`@${this.#bot.slice(0, 4)}`);
    const entry = this.page.locator('#typeahead-menu [role="menuitem"]').filter({ hasText: this.#bot });
    await entry.first().click({ timeout: WAIT_MS_MAX });
    await entry.first().waitFor({ state: 'hidden', timeout: WAIT_MS_MAX });
  }

  async #waitFor(text: string, condition: string): Promise<PlaygroundCard> {
    const message = this.#newestOf(text, condition);
    return this.#explain(`wait for "${text}"`, async () => {
      await message.waitFor({ timeout: WAIT_MS_MAX });
      const number = String((this.#cards += 1));
      await message.evaluate(setAttribute, { name: NUMBER, value: number });
      return new PlaygroundCard(this.page.locator(`[${NUMBER}="${number}"]`), this.#explain);
    });
  }

  #newestOf(text: string, condition: string): Locator {
    const messages = this.page.locator(this.#botMessages(condition)).filter({ hasText: text, visible: true });
    if (this.#place !== 'channel') return messages.last();
    // In a channel the newest thread is at the top, and in a thread the newest answer is at the end.
    return this.page.locator('.fui-Card').filter({ has: messages }).first().locator(messages).last();
  }

  // A message stands after the bot's face; in a post that the bot began, after the post's header.
  #botMessages(condition: string): string {
    const face = `.fui-Avatar[aria-label="${this.#bot}"]`;
    return [`div:has(> ${face}) + div`, `.fui-CardHeader:has(${face}) + div`]
      .map((place) => place + condition)
      .join(', ');
  }

  async #markSeen(): Promise<void> {
    for (const message of await this.page.locator(this.#botMessages('')).all()) {
      await message.evaluate(setAttribute, { name: SEEN, value: '' });
    }
  }

  readonly #explain: Explain = async (step, run) => {
    try {
      return await run();
    } catch (cause) {
      const text = await this.pageText().catch(() => '(the page is gone)');
      const message = `Could not ${step}. The page says:\n${text.slice(0, PAGE_TEXT_CHARS_MAX)}`;
      throw new Error(message, { cause });
    }
  };
}

interface Attributes {
  setAttribute(name: string, value: string): void;
}

function setAttribute(element: Attributes, { name, value }: { name: string; value: string }): void {
  element.setAttribute(name, value);
}

async function onlyLoopback(route: Route): Promise<void> {
  const local = LOOPBACK.has(new URL(route.request().url()).hostname);
  await (local ? route.continue() : route.abort());
}
