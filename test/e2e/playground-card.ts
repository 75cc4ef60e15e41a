import type { Locator } from 'playwright-core';

const WAIT_MS_MAX = 10_000;

/** Runs a step and, if it fails, throws an error that also shows what the page says. */
export type Explain = <T>(step: string, run: () => Promise<T>) => Promise<T>;

/**
 * One message of the bot on the page, usually a card. It stays the same message when the card in it is replaced or
 * updated, because the Playground keeps the message's node; it ends when another chat is opened.
 */
export class PlaygroundCard {
  readonly #message: Locator;
  readonly #explain: Explain;

  constructor(message: Locator, explain: Explain) {
    this.#message = message;
    this.#explain = explain;
  }

  /** What a person reads, without what stands in the inputs. */
  async text(): Promise<string> {
    return this.#explain('read the card', async () => {
      // Below a used card the Playground puts a sentence of its own.
      const card = this.#message.locator('.ac-preview-panel');
      const said = (await card.count()) > 0 ? card.first() : this.#message;
      return said.innerText({ timeout: WAIT_MS_MAX });
    });
  }

  /** Waits until the card contains the text; for a card that is replaced by its outcome. */
  async waitForText(text: string): Promise<this> {
    const shown = this.#message.filter({ hasText: text, visible: true });
    await this.#explain(`wait until the card says "${text}"`, () => shown.waitFor({ timeout: WAIT_MS_MAX }));
    return this;
  }

  /** Waits until the card no longer contains the text. */
  async waitForTextGone(text: string): Promise<this> {
    const without = this.#message.filter({ hasNotText: text, visible: true });
    await this.#explain(`wait until the card no longer says "${text}"`, () =>
      without.waitFor({ timeout: WAIT_MS_MAX }),
    );
    return this;
  }

  /** Types into a text, number or date input, in place of what it holds. */
  async fill(label: string, value: string): Promise<this> {
    await this.#explain(`fill "${label}"`, async () => {
      const input = await this.#input(label);
      await input.fill(value, { timeout: WAIT_MS_MAX });
      // A date or number is only taken over when the input loses the focus.
      await input.blur();
    });
    return this;
  }

  /** Picks an option by its title, from a compact choice set (a list that opens) or an expanded one. */
  async choose(label: string, option: string): Promise<this> {
    await this.#explain(`choose "${option}" for "${label}"`, async () => {
      const input = await this.#input(label);
      if ((await input.getAttribute('role')) === 'combobox') await chooseFromList(input, option);
      else
        await input
          .locator('label')
          .filter({ hasText: exactly(option) })
          .click({ timeout: WAIT_MS_MAX });
    });
    return this;
  }

  /** Switches a toggle on or off; the label may be the input's label or the sentence beside the box. */
  async toggle(label: string, on: boolean): Promise<this> {
    await this.#explain(`switch "${label}"`, async () => {
      await (await this.#input(label)).setChecked(on, { timeout: WAIT_MS_MAX });
    });
    return this;
  }

  /** What an input holds now; for a toggle the words on or off. */
  async value(label: string): Promise<string> {
    return this.#explain(`read "${label}"`, async () => {
      const input = await this.#input(label);
      if ((await input.getAttribute('type')) === 'checkbox') return (await input.isChecked()) ? 'on' : 'off';
      return input.inputValue({ timeout: WAIT_MS_MAX });
    });
  }

  /** The titles of the card's buttons, links included, in their order. */
  async buttons(): Promise<string[]> {
    const titles = await this.#message.locator('.ac-actionSet button').allInnerTexts();
    return titles.map((title) => title.trim());
  }

  /**
   * Presses a button by its exact title, one from the "..." menu too, where the seventh and later ones are. What comes
   * of it is for the caller to wait for.
   */
  async click(title: string): Promise<this> {
    const button = this.#message.locator('button').filter({ hasText: exactly(title), visible: true });
    const more = this.#message
      .locator('.ac-actionSet button')
      .filter({ hasText: exactly('...'), visible: true });
    await this.#explain(`press "${title}"`, async () => {
      await button.or(more).first().waitFor({ timeout: WAIT_MS_MAX });
      if ((await button.count()) > 0) return button.first().click({ timeout: WAIT_MS_MAX });
      await more.first().click({ timeout: WAIT_MS_MAX });
      const item = this.#message.page().getByRole('menuitem', { name: title, exact: true });
      return item.click({ timeout: WAIT_MS_MAX });
    });
    return this;
  }

  /** Waits for the bar under the card that says what came of a click: a sentence or an error of the bot. */
  async waitForNotice(text: string): Promise<this> {
    const bar = this.#message
      .locator('.ac-preview-panel ~ *, .ac-preview-panel ~ * *')
      .filter({ hasText: text });
    await this.#explain(`wait until "${text}" stands under the card`, () =>
      bar.first().waitFor({ timeout: WAIT_MS_MAX }),
    );
    return this;
  }

  /** Takes a picture of this card alone; the window must be taller than the card. */
  async screenshot(path: string): Promise<void> {
    const card = this.#message.locator('.ac-adaptiveCard').first();
    await this.#explain('take a picture of the card', () => card.screenshot({ path, timeout: WAIT_MS_MAX }));
  }

  // Labels name their input by id; the accessible name of a required one has a star in it, and errors are added to it.
  async #input(label: string): Promise<Locator> {
    const labels = this.#message.locator('label[for]').filter({ hasText: exactly(label), visible: true });
    const id = await labels.first().getAttribute('for', { timeout: WAIT_MS_MAX });
    return this.#message.locator(`[id="${id ?? ''}"]`);
  }
}

async function chooseFromList(input: Locator, option: string): Promise<void> {
  await input.click({ timeout: WAIT_MS_MAX });
  // The list opens at the end of the page, outside of the card.
  const listed = input.page().getByRole('option', { name: option, exact: true });
  await listed.click({ timeout: WAIT_MS_MAX });
  await listed.waitFor({ state: 'hidden', timeout: WAIT_MS_MAX });
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*\\*?\\s*$`);
}
