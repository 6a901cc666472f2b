import type { Locator, Page } from "playwright-core";
import { waitUntil } from "./wait-until.ts";

/** One notification in the notification centre. */
export class Notice {
  readonly #row: Locator;

  constructor(row: Locator) {
    this.#row = row;
  }

  async read(): Promise<string> {
    return toPlainText(await this.#row.locator(".notification-list-item-message").textContent());
  }

  /** How many links are in its text. */
  async countLinks(): Promise<number> {
    return this.#row.locator(".notification-list-item-message a").count();
  }

  async readButtons(): Promise<string[]> {
    const buttons = this.#row.locator(".notification-list-item-buttons-container .monaco-button");
    return (await buttons.allInnerTexts()).map((text) => text.trim());
  }

  async press(button: string): Promise<void> {
    await this.#row.getByRole("button", { name: button, exact: true }).click();
  }

  /** Clicks its cross, which appears under the pointer. */
  async dismiss(): Promise<void> {
    await this.#row.hover({ timeout: 2_000 });
    await this.#row.locator(".codicon-notifications-clear").click({ timeout: 2_000 });
  }
}

/** The notification centre. It has all notifications, while toasts are few and disappear. */
export class Notifications {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Waits for the notification whose text contains this. */
  async find(text: string | RegExp, milliseconds?: number): Promise<Notice> {
    return await waitUntil(
      `the notification ${text}`,
      async () => {
        await this.#open();
        const row = this.#rows().filter({ hasText: text }).first();
        return (await row.count()) > 0 ? new Notice(row) : undefined;
      },
      milliseconds,
    );
  }

  /** The texts of all, newest first. */
  async readAll(): Promise<string[]> {
    await this.#open();
    const texts = this.#rows().locator(".notification-list-item-message");
    return (await texts.allInnerTexts()).map(toPlainText);
  }

  /** Dismisses all, waits until those that cannot be dismissed disappear, and closes the centre. */
  async dismissAll(): Promise<void> {
    await waitUntil("an empty notification centre", async () => {
      await this.#open();
      const notices = this.#rows();
      if ((await notices.count()) === 0) return true;
      await new Notice(notices.first()).dismiss();
      return undefined;
    });
    await this.#page.keyboard.press("Escape");
  }

  /** The toast with this text, in the window's corner. */
  toast(text: string | RegExp): Locator {
    return this.#page.locator(".notification-toast", { hasText: text });
  }

  /** Clicks the bell in the status bar. */
  async #open(): Promise<void> {
    const centre = this.#page.locator(".notifications-center.visible");
    if (await centre.isVisible()) return;
    await this.#page.locator('[id="status.notifications"] a').click({ timeout: 2_000 });
    await centre.waitFor({ timeout: 2_000 });
    // The tooltip of the bell would cover the buttons of the lowest notification.
    await this.#page.mouse.move(250, 15);
  }

  #rows(): Locator {
    return this.#page.locator(".notifications-center.visible .notification-list-item");
  }
}

function toPlainText(text: string | null): string {
  return (text ?? "").replace(/\s+/g, " ").trim();
}
