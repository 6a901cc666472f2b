import type { Locator, Page } from "playwright-core";
import { waitUntil } from "./wait-until.ts";

/** The open context menu. */
export class Menu {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Opens the menu with a right click, which is repeated until the menu has `item`. */
  async openOn(target: Locator, item?: string, position?: { x: number; y: number }): Promise<void> {
    await waitUntil(`a menu with ${item ?? "anything"} in it`, async () => {
      await this.close();
      await target.click({ button: "right", timeout: 2_000, ...(position && { position }) });
      await this.#items().first().waitFor({ timeout: 1_000 });
      if (item === undefined) return true;
      return (await this.read()).includes(item) || undefined;
    });
  }

  async read(): Promise<string[]> {
    const texts = await this.#items().allInnerTexts();
    return texts.map((text) => text.trim());
  }

  async choose(item: string): Promise<void> {
    const chosen = this.#items().and(this.#page.getByText(item, { exact: true }));
    // A menu ignores clicks for a moment after it has opened.
    await this.#page.waitForTimeout(250);
    await waitUntil(`the menu to take ${item}`, async () => {
      if ((await this.#items().count()) > 0) await chosen.click({ timeout: 1_000 });
      return (await this.#items().count()) === 0 || undefined;
    });
  }

  async close(): Promise<void> {
    if ((await this.#items().count()) === 0) return;
    await this.#page.keyboard.press("Escape");
    await this.#items().first().waitFor({ state: "hidden", timeout: 2_000 });
  }

  #items(): Locator {
    return this.#page.locator(".context-view .monaco-menu .action-item .action-label:visible");
  }
}
