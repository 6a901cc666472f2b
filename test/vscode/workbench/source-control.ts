import type { Locator, Page } from "playwright-core";

/** The changes of the open repository. */
export class SourceControl {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async open(): Promise<void> {
    await this.#page
      .locator(".activitybar")
      .getByRole("tab", { name: /^Source Control/ })
      .click();
    await this.#root().waitFor();
  }

  /** A change, a folder of changes or a group, by its name. */
  row(name: string): Locator {
    const label = this.#page.locator(".label-name, .name").getByText(name, { exact: true });
    return this.#root().locator(".monaco-list-row").filter({ has: label });
  }

  #root(): Locator {
    return this.#page.locator(".scm-view:not(.scm-history-view)");
  }
}
