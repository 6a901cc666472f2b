import type { Locator, Page } from "playwright-core";
import type { Menu } from "./menu.ts";
import { waitUntil } from "./wait-until.ts";

/** The files of the open folder. */
export class Explorer {
  readonly #page: Page;
  readonly #menu: Menu;

  constructor(page: Page, menu: Menu) {
    this.#page = page;
    this.#menu = menu;
  }

  row(name: string): Locator {
    const label = this.#page.locator(".label-name").getByText(name, { exact: true });
    return this.#tree().locator(".monaco-list-row").filter({ has: label });
  }

  /** The letter or sign that marks a file at the end of its row; `none` without one. */
  async readBadge(name: string): Promise<string> {
    const label = this.row(name).locator(".monaco-icon-label");
    return await label.evaluate(
      (element) => element.ownerDocument.defaultView.getComputedStyle(element, "::after").content,
    );
  }

  /** Selects exactly these, whatever was selected before. */
  async select(...names: string[]): Promise<void> {
    await waitUntil(`${names.join(", ")} to be selected`, async () => {
      const selected = await this.#readSelected();
      const wrong = [...names, ...selected].filter(
        (name) => !(names.includes(name) && selected.includes(name)),
      );
      for (const name of wrong) await this.row(name).click({ modifiers: ["Control"] });
      return wrong.length === 0 || undefined;
    });
  }

  /**
   * Chooses an item in the menu of the first file, with the others selected.
   *
   * The tree appears before the extension's menu items, so the click is repeated until they exist.
   */
  async chooseFor(item: string, ...names: string[]): Promise<void> {
    const [first = ""] = names;
    if (names.length > 1) await this.select(...names);
    await this.#menu.openOn(this.row(first), item);
    await this.#menu.choose(item);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.chooseFor("Rename...", from);
    const box = this.#tree().locator("input");
    await box.fill(to);
    await box.press("Enter");
    await this.row(to).waitFor();
  }

  /** The items in the menu of a file or folder, once the item `present` is among them. */
  async readMenuOf(name: string, present?: string): Promise<string[]> {
    await this.#menu.openOn(this.row(name), present);
    return await this.#readAndClose();
  }

  /** The items in the menu of the area below the files. */
  async readMenuOfBlankArea(): Promise<string[]> {
    const box = await this.#tree().boundingBox();
    if (box === null) throw new Error("There is no explorer.");
    await this.#menu.openOn(this.#tree(), undefined, { x: box.width / 2, y: box.height - 10 });
    return await this.#readAndClose();
  }

  async #readAndClose(): Promise<string[]> {
    const items = await this.#menu.read();
    await this.#menu.close();
    return items;
  }

  async #readSelected(): Promise<string[]> {
    return await this.#tree().locator('[aria-selected="true"] .label-name').allTextContents();
  }

  #tree(): Locator {
    return this.#page.locator(".explorer-folders-view .monaco-list").first();
  }
}
