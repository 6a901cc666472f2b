import type { Locator, Page } from "playwright-core";

/** The panel in which the editor shows the edits of a refactoring before it makes them. */
export class RefactorPreview {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async waitFor(): Promise<void> {
    await this.#root().locator(".monaco-list-row").first().waitFor();
  }

  /** Ticks a file, with all edits in it. */
  async tick(name: string): Promise<void> {
    await this.row(name).locator(".edit-checkbox").click();
  }

  row(name: string): Locator {
    const label = this.#page.locator(".label-name").getByText(name, { exact: true });
    return this.#root().locator(".monaco-list-row").filter({ has: label });
  }

  async press(button: "Apply" | "Discard"): Promise<void> {
    await this.#root().getByRole("button", { name: button }).click();
    await this.#root().waitFor({ state: "hidden" });
  }

  #root(): Locator {
    return this.#page.locator(".bulk-edit-panel");
  }
}
