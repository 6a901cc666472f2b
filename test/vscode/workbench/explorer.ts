import type { Locator, Page } from "playwright-core";
import type { Menu } from "./menu.ts";
import { waitUntil } from "./wait-until.ts";

/** The files of the folder that is open. */
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

  /** Selects exactly these, whatever has been selected before. */
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
   * Chooses an item of the menu of the first, with the others selected.
   *
   * The tree is there before the items of an extension are: the click is repeated until they are.
   */
  async chooseFor(item: string, ...names: string[]): Promise<void> {
    const [first = ""] = names;
    if (names.length > 1) await this.select(...names);
    await this.#menu.openOn(this.row(first), item);
    await this.#menu.choose(item);
  }

  /** What the menu of a file or folder offers. `present` is an item that is waited for. */
  async readMenuOf(name: string, present?: string): Promise<string[]> {
    await this.#menu.openOn(this.row(name), present);
    return await this.#readAndClose();
  }

  /** What the menu of the area below the files offers. */
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
