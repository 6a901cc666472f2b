import type { Locator } from "playwright-core";
import type { Workbench } from "./workbench.ts";

/** The text editor that has the focus. */
export class TextEditor {
  readonly #workbench: Workbench;
  readonly root: Locator;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
    this.root = workbench.page.locator(".editor-group-container.active .editor-container");
  }

  /** Opens a file by its name in the Explorer, and puts the cursor into it. */
  async open(name: string): Promise<void> {
    const { explorer, page } = this.#workbench;
    await explorer.row(name).dblclick();
    await page.locator(".tab.active", { hasText: name }).waitFor();
    await this.#lines().first().waitFor();
  }

  /** The lines on the screen. */
  async read(): Promise<string> {
    const lines = await this.#lines().evaluateAll((elements) =>
      elements
        .map((element) => ({
          top: Number.parseFloat(element.style.top),
          text: element.textContent,
        }))
        .sort((one, other) => one.top - other.top)
        .map(({ text }) => text ?? ""),
    );
    return lines.join("\n").replaceAll("\u00a0", " ");
  }

  /** The same, without the escapes of underscores, which some ids of clips have and others have not. */
  async readUnescaped(): Promise<string> {
    return (await this.read()).replaceAll("%5F", "_");
  }

  async focus(): Promise<void> {
    await this.#workbench.page.keyboard.press("Control+1");
    await this.root.locator(".monaco-editor.focused").waitFor();
  }

  /** Types without the help of the editor, such as closing brackets. */
  async type(text: string): Promise<void> {
    await this.focus();
    await this.#workbench.page.keyboard.insertText(text);
  }

  async goToEnd(): Promise<void> {
    await this.press("Control+End");
  }

  /** Presses a key in the editor. */
  async press(key: string): Promise<void> {
    await this.focus();
    await this.#workbench.page.keyboard.press(key);
  }

  /** Copies files in the Explorer, and pastes them where the cursor is. */
  async pasteFiles(...names: string[]): Promise<void> {
    const { explorer } = this.#workbench;
    await explorer.chooseFor("Copy", ...names);
    await this.press("Control+v");
  }

  /** Drops a file from outside of the editor at the end of a line, with Shift as the editor wants it. */
  async dropFile(name: string, content: Buffer, line: number): Promise<void> {
    await dropFile(this.#lines().nth(line - 1), name, content);
  }

  /** Drags something of the window to the end of a line. */
  async drag(what: Locator, line: number): Promise<void> {
    const { page } = this.#workbench;
    const [from, to] = await Promise.all([
      what.boundingBox(),
      this.#lines()
        .nth(line - 1)
        .boundingBox(),
    ]);
    if (from === null || to === null) throw new Error("There is nothing to drag, or no line.");
    await page.mouse.move(from.x + 40, from.y + from.height / 2);
    await page.mouse.down();
    await page.keyboard.down("Shift");
    const [x, y] = [to.x + Math.min(to.width - 5, 400), to.y + to.height / 2];
    await page.mouse.move(x, y, { steps: 10 });
    await page.mouse.move(x, y);
    await page.mouse.up();
    await page.keyboard.up("Shift");
  }

  /** Chooses another of the edits that the button at an inserted text offers. */
  async chooseEdit(title: string): Promise<void> {
    const { page } = this.#workbench;
    await page.locator(".post-edit-widget").click();
    await page.locator(".action-widget").getByText(title).click();
  }

  #lines(): Locator {
    return this.root.locator(".view-line");
  }
}

/** Drops a file from outside of the editor onto an element. */
export async function dropFile(target: Locator, name: string, content: Buffer): Promise<void> {
  await target.evaluate(
    (element, { name, base64 }) => {
      const browser = element.ownerDocument.defaultView;
      const bytes = browser.Uint8Array.from(browser.atob(base64), (sign: string) =>
        sign.charCodeAt(0),
      );
      const dataTransfer = new browser.DataTransfer();
      dataTransfer.items.add(new browser.File([bytes], name, { type: "video/mp4" }));
      const { left, top, width, height } = element.getBoundingClientRect();
      const at = { clientX: left + width / 2, clientY: top + height / 2 };
      for (const kind of ["dragenter", "dragover", "drop"]) {
        const options = { ...at, dataTransfer, bubbles: true, cancelable: true, shiftKey: true };
        element.dispatchEvent(new browser.DragEvent(kind, options));
      }
    },
    { name, base64: content.toString("base64") },
  );
}
