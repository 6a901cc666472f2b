import type { Frame, Locator, Page } from "playwright-core";
import { ClipsView } from "./clips-view.ts";
import { Explorer } from "./explorer.ts";
import { Menu } from "./menu.ts";
import { Notifications } from "./notifications.ts";
import { QuickInput } from "./quick-input.ts";
import { RefactorPreview } from "./refactor-preview.ts";
import { SourceControl } from "./source-control.ts";
import { waitUntil } from "./wait-until.ts";

/** The window of the editor, as a person sees and uses it. */
export class Workbench {
  readonly page: Page;
  readonly menu: Menu;
  readonly explorer: Explorer;
  readonly quickInput: QuickInput;
  readonly notifications: Notifications;
  readonly clips: ClipsView;
  readonly sourceControl: SourceControl;
  readonly refactorPreview: RefactorPreview;
  /** The modal dialog. */
  readonly dialog: Locator;

  constructor(page: Page) {
    this.page = page;
    this.menu = new Menu(page);
    this.explorer = new Explorer(page, this.menu);
    this.quickInput = new QuickInput(page);
    this.notifications = new Notifications(page);
    this.clips = new ClipsView(page, this.menu);
    this.sourceControl = new SourceControl(page);
    this.refactorPreview = new RefactorPreview(page);
    this.dialog = page.locator(".monaco-dialog-box");
  }

  async runCommand(title: string): Promise<void> {
    await this.quickInput.runCommand(title);
  }

  async waitForDialog(text: string | RegExp): Promise<void> {
    await this.dialog.filter({ hasText: text }).waitFor();
  }

  async pressInDialog(button: string): Promise<void> {
    await this.dialog.getByRole("button", { name: button, exact: true }).click();
    await this.dialog.waitFor({ state: "hidden" });
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator(".statusbar-item").filter({ hasText: text });
  }

  /** The pictures in a part of the window, as values of CSS. Versions draw them in different ways. */
  async readIcons(part: Locator): Promise<string> {
    return await part.evaluate((root) => {
      const { defaultView } = root.ownerDocument;
      const styles = [...root.querySelectorAll("*")].flatMap((element) =>
        [null, "::before"].map((pseudo) => defaultView.getComputedStyle(element, pseudo)),
      );
      return styles.map(({ backgroundImage }) => backgroundImage).join(" ");
    });
  }

  /** The text on the clipboard. */
  async readClipboard(): Promise<string> {
    return String(await this.page.evaluate("navigator.clipboard.readText()"));
  }

  async clearClipboard(): Promise<void> {
    await this.page.evaluate("navigator.clipboard.writeText('')");
  }

  /** The stored state of the extensions and the window in this profile, as one text. */
  readonly readState = async (): Promise<string> => String(await this.page.evaluate(readDatabases));

  /** The visible lines of the output panel. */
  async readOutput(): Promise<string> {
    const lines = await this.page.locator(".part.panel .view-line").allTextContents();
    // Lines of output contain no-break spaces.
    return lines.join("\n").replaceAll("\u00a0", " ");
  }

  /** The page of a webview, which is in a frame within a frame, by an element in it. */
  async findWebview(selector: string, milliseconds?: number): Promise<Frame> {
    const find = async () => {
      for (const frame of this.page.frames()) {
        if ((await frame.locator(selector).count()) > 0) return frame;
      }
      return undefined;
    };
    return await waitUntil(`a webview with ${selector}`, find, milliseconds);
  }

  async openExplorer(): Promise<void> {
    await this.page
      .locator(".activitybar")
      .getByRole("tab", { name: /^Explorer/ })
      .click();
    await this.page.locator(".explorer-folders-view").waitFor();
  }

  /**
   * @param kind the window's class in such a theme: `vs`, `vs-dark`, `hc-black`, `hc-light`
   */
  async chooseTheme(name: string, kind: string): Promise<void> {
    await this.runCommand("Preferences: Color Theme");
    await this.quickInput.box.fill(name);
    await this.quickInput.pick(name);
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
    // The list shows a theme before it is chosen, and returns the focus of the keys when it closes.
    await this.quickInput.root.waitFor({ state: "hidden" });
  }

  /** Makes the side bar this wide, by dragging its edge. */
  async dragSideBarTo(width: number): Promise<void> {
    const box = await this.page.locator(".part.sidebar").boundingBox();
    if (box === null) throw new Error("There is no side bar.");
    const [edge, middle] = [box.x + box.width, box.y + box.height / 2];
    await this.page.mouse.move(edge, middle);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, middle, { steps: 5 });
    await this.page.mouse.up();
  }

  async waitForWindow(): Promise<void> {
    await this.page.locator(".monaco-workbench").waitFor({ timeout: 120_000 });
  }

  /** Waits until the window is ready and shows its files. */
  async waitUntilReady(): Promise<void> {
    await this.waitForWindow();
    await this.#firstFile().waitFor();
  }

  /** Whether files appear in the Explorer within this many milliseconds. */
  async hasFiles(milliseconds: number): Promise<boolean> {
    const waiting = this.#firstFile().waitFor({ timeout: milliseconds });
    return await waiting.then(
      () => true,
      () => false,
    );
  }

  /** Loads the window again, and waits until it is ready and shows its files. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.waitForWindow();
    // The editor saves every few seconds which view is open: it may come back with an earlier one.
    await this.page.locator(".part.sidebar .composite.viewlet").waitFor();
    if (!(await this.page.locator(".explorer-folders-view").isVisible())) await this.openExplorer();
    await this.#firstFile().waitFor();
  }

  #firstFile(): Locator {
    return this.page.locator(".explorer-folders-view .monaco-list-row").first();
  }
}

// As a text, because it runs in the browser, which has other globals.
const readDatabases = `(async () => {
  const toPromise = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const texts = [];
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith("vscode-web-state-db")) continue;
    const database = await toPromise(indexedDB.open(name));
    const store = database.transaction("ItemTable").objectStore("ItemTable");
    const [keys, values] = await Promise.all([toPromise(store.getAllKeys()), toPromise(store.getAll())]);
    for (const [index, key] of keys.entries()) texts.push(key + " " + values[index]);
    database.close();
  }
  return texts.join("\\n");
})()`;
