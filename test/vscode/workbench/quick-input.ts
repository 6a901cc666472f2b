import type { Locator, Page } from "playwright-core";
import { waitUntil } from "./wait-until.ts";

/** The box at the top: the command palette, pick lists and text inputs. */
export class QuickInput {
  readonly #page: Page;
  readonly root: Locator;
  readonly box: Locator;
  readonly title: Locator;
  readonly rows: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.root = page.locator(".quick-input-widget:visible");
    this.box = this.root.locator(".quick-input-box input");
    this.title = this.root.locator(".quick-input-title");
    this.rows = this.root.locator(".quick-input-list .monaco-list-row");
  }

  /** Runs a command by its whole title, such as `Clipcourier: Show Log`. */
  async runCommand(title: string): Promise<void> {
    await waitUntil(`the command ${title}`, async () => {
      await this.#openPalette(title);
      await this.row(title).waitFor({ timeout: 400 });
      // Once the row is shown, one click is enough, however long it takes: never click twice.
      await this.row(title).click({ timeout: 10_000 });
      return true;
    });
  }

  /** Opens it again each time: an open palette does not show commands that are added later. */
  async #openPalette(text: string): Promise<void> {
    if (await this.root.isVisible()) await this.close();
    await this.#page.keyboard.press("F1");
    await this.box.fill(`>${text}`, { timeout: 2_000 });
  }

  /** Waits for the pick list or input with this title. */
  async waitFor(title: string | RegExp): Promise<void> {
    await this.title.filter({ hasText: title }).waitFor();
  }

  row(label: string): Locator {
    return this.rows.filter({ has: this.#page.getByText(label, { exact: true }) }).first();
  }

  async pick(label: string): Promise<void> {
    await this.row(label).click();
  }

  /** Types into the input with this title. */
  async answer(title: string | RegExp, text: string): Promise<void> {
    await this.waitFor(title);
    await this.box.fill(text);
    await this.box.press("Enter");
  }

  async close(): Promise<void> {
    // The key goes to the page, because the box may have closed by itself meanwhile.
    await this.#page.keyboard.press("Escape");
    await this.root.waitFor({ state: "hidden", timeout: 2_000 });
  }
}
