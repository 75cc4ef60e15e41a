import type { Page } from 'playwright-core';

const WAIT_MS_MAX = 10_000;

export interface TypedCard {
  readonly number: string;
  readonly expiry: string;
  readonly code: string;
  readonly name: string;
}

/** The hosted page where a card is entered, used by keyboard alone. */
export class CardPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Types the card from field to field, and sends it with Enter. */
  async enter({ number, expiry, code, name }: TypedCard): Promise<void> {
    const first = this.page.getByLabel('Card number');
    await first.focus({ timeout: WAIT_MS_MAX });
    for (const [index, text] of [number, expiry, code, name].entries()) {
      if (index > 0) await this.page.keyboard.press('Tab');
      await this.page.keyboard.press('Control+A');
      await this.page.keyboard.type(text);
    }
    await this.page.keyboard.press('Enter');
  }

  /** Waits until the page's heading says this. */
  async waitForHeading(text: string): Promise<void> {
    await this.page.getByRole('heading', { name: text }).waitFor({ timeout: WAIT_MS_MAX });
  }

  async text(): Promise<string> {
    return this.page.locator('main').innerText({ timeout: WAIT_MS_MAX });
  }

  /** The text of what has the focus: a screen reader begins to read there. */
  async focused(): Promise<string> {
    return this.page.locator(':focus').innerText({ timeout: WAIT_MS_MAX });
  }

  async screenshot(path: string): Promise<void> {
    await this.page.locator('main').screenshot({ path, timeout: WAIT_MS_MAX });
  }

  /** As somebody with a dark theme or a narrow window sees it. */
  async look(how: { readonly dark: boolean; readonly width: number }): Promise<void> {
    await this.page.emulateMedia({ colorScheme: how.dark ? 'dark' : 'light' });
    await this.page.setViewportSize({ width: how.width, height: 1_200 });
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}
