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

  /**
   * The name in the row to which keys go: `undefined` where the list has no focus, although it still
   * marks a row.
   */
  async readFocused(): Promise<string | undefined> {
    const [name] = await this.#readNames(".monaco-list:focus .monaco-list-row.focused");
    return name;
  }

  async readSelected(): Promise<string[]> {
    return await this.#readNames(".monaco-list-row.selected");
  }

  async #readNames(rows: string): Promise<string[]> {
    return await this.root.locator(rows).locator(".label-name").allTextContents();
  }

  async chooseFor(item: string, label: string): Promise<void> {
    await this.#menu.openOn(this.row(label), item);
    await this.#menu.choose(item);
  }

  /**
   * Points at a row until its tooltip is shown with the clip's picture, and gives its text. A list that
   * is drawn anew closes the tooltip.
   */
  async showTooltip(label: string): Promise<string> {
    const tooltip = this.#page.locator(".workbench-hover:visible");
    return await waitUntil(`the tooltip of ${label}`, async () => {
      // It appears only when the pointer enters the row, so it must come from elsewhere.
      await this.#page.mouse.move(600, 20);
      await this.row(label).hover({ timeout: 2_000 });
      const picture = tooltip.locator("img");
      await picture.waitFor({ timeout: 3_000 });
      const width = await picture.evaluate((img) => img.naturalWidth);
      return width > 99 ? ((await tooltip.textContent()) ?? undefined) : undefined;
    });
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

  /** Goes to the first row with a key, until it has this name. */
  async goToStart(label: string): Promise<void> {
    await this.#goTo("Home", label);
  }

  /** Goes to the last row with a key, until it has this name. */
  async goToEnd(label: string): Promise<void> {
    await this.#goTo("End", label);
  }

  /** Gives the focus to the row with this name, which is one of the first: a key may have cleared it. */
  async focusOn(label: string): Promise<void> {
    await waitUntil(`the focus on ${label}`, async () => {
      await this.root.locator(".monaco-list").focus({ timeout: 2_000 });
      await this.#page.keyboard.press("Home");
      for (let row = 0; row < 10; row += 1) {
        if ((await this.readFocused()) === label) return true;
        await this.#page.keyboard.press("ArrowDown");
      }
      return undefined;
    });
  }

  async #goTo(key: string, label: string): Promise<void> {
    await waitUntil(`${label} at the ${key} of the list`, async () => {
      await this.root.locator(".monaco-list").focus({ timeout: 2_000 });
      await this.#page.keyboard.press(key);
      return (await this.readFocused()) === label || undefined;
    });
  }
}
