import type { Locator, Page } from "playwright-core";
import type { Menu } from "./menu.ts";
import { waitUntil } from "./wait-until.ts";

/** The Clips view in the side bar. */
export class ClipsView {
  readonly #page: Page;
  readonly #menu: Menu;
  readonly root: Locator;

  constructor(page: Page, menu: Menu) {
    this.#page = page;
    this.#menu = menu;
    this.root = page.locator('[id="workbench.view.extension.clipcourier"]');
  }

  async open(): Promise<void> {
    if (await this.root.isVisible()) return;
    await this.#page
      .locator(".activitybar")
      .getByRole("tab", { name: /^Clipcourier/ })
      .click();
    await this.root.waitFor();
  }

  row(label: string): Locator {
    const name = this.#page.locator(".label-name").getByText(label, { exact: true });
    return this.root.locator(".monaco-list-row").filter({ has: name });
  }

  /** The text after the name: `0:12 · 3.4 MiB`. */
  async readDescription(label: string): Promise<string | null> {
    return await this.row(label).locator(".label-description").textContent();
  }

  async chooseFor(item: string, label: string): Promise<void> {
    await this.#menu.openOn(this.row(label), item);
    await this.#menu.choose(item);
  }

  /** Scrolls down until a line is on the screen. */
  async scrollTo(label: string): Promise<void> {
    await waitUntil(`${label} in the list`, async () => {
      if ((await this.row(label).count()) > 0) return true;
      await this.root.locator(".monaco-list").hover();
      await this.#page.mouse.wheel(0, 200);
      return undefined;
    });
  }
}
