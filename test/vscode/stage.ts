import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, Page, PageScreenshotOptions } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { clearProfile, launchBrowser, openProfile } from "./browser.ts";
import { type Editor, type EditorOptions, startEditor } from "./editor.ts";
import { waitUntil } from "./workbench/wait-until.ts";
import { Workbench } from "./workbench/workbench.ts";

type Clip = PageScreenshotOptions["clip"];

const screenshots = join(import.meta.dirname, "screenshots");

/** The editor and the browser of a file of tests. */
export interface Stage {
  readonly editor: Editor;
  /**
   * Opens a folder in a browser without data of earlier tests, and waits until the window is ready or
   * asks for trust. It is closed after the test.
   *
   * @param path of a folder or of a `.code-workspace` file; without one the window is empty
   * @param size of the window in CSS pixels; 1280 by 800 by default
   */
  open(path: string | undefined, size?: { width?: number; height?: number }): Promise<Workbench>;
}

/** One editor and one browser for all tests of a file. */
export function useStage(options: EditorOptions = {}): Stage {
  let editor: Editor;
  let browser: Browser;
  let profile: BrowserContext;
  /** A page that a test has left. Its next window needs half the time of a new page's. */
  let left: Page | undefined;
  beforeAll(async () => {
    [editor, browser] = await Promise.all([startEditor(options), launchBrowser()]);
    profile = await openProfile(browser, editor);
  });
  afterAll(async () => {
    await browser?.close();
    await editor?.stop();
  });
  return {
    get editor() {
      return editor;
    },
    async open(path, { width = 1280, height = 800 } = {}) {
      const page = left ?? (await profile.newPage());
      left = undefined;
      onTestFinished(async ({ task }) => {
        if (task.result?.state === "fail") await takePicture(page, nameFailure(task.name));
        if (task.result?.state === "fail" || left !== undefined) return await page.close();
        await leaveWindow(page, editor.origin);
        left = page;
      });
      await page.setViewportSize({ width, height });
      await clearProfile(page, editor.origin);
      await page.goto(`${editor.origin}/?${toQuery(path)}`);
      const workbench = new Workbench(page);
      if (path === undefined) await workbench.waitForWindow();
      else if (isWorkspaceFile(path)) await waitForFolders(workbench);
      else if (!options.asksForTrust) await workbench.waitUntilReady();
      return workbench;
    },
  };
}

/** The name of the picture of a window in which a test has failed. */
export function nameFailure(test: string): string {
  return `failed-${test.replace(/\W+/g, "-").slice(0, 80)}`;
}

/** Ends the window in a page, and what the page itself would keep for the next one. */
async function leaveWindow(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/healthz`);
  await page.evaluate(() => sessionStorage.clear());
  await page.mouse.move(0, 0);
}

function toQuery(path: string | undefined): URLSearchParams {
  if (path === undefined) return new URLSearchParams({ ew: "true" });
  return new URLSearchParams({ [isWorkspaceFile(path) ? "workspace" : "folder"]: path });
}

function isWorkspaceFile(path: string): boolean {
  return path.endsWith(".code-workspace");
}

// Sometimes the editor reads the workspace file before its server answers, and then shows no folder
// until the window is loaded again.
async function waitForFolders(workbench: Workbench): Promise<void> {
  await workbench.waitForWindow();
  await waitUntil("the folders of the workspace", async () => {
    const isThere = await workbench.hasFiles(5_000);
    if (!isThere) await workbench.page.reload();
    return isThere || undefined;
  });
}

/** Saves the screen, or a part of it, as `screenshots/<name>.png`, and returns the path. */
export async function takePicture(page: Page, name: string, clip?: Clip): Promise<string> {
  await mkdir(screenshots, { recursive: true });
  const path = join(screenshots, `${name}.png`);
  await page.screenshot({ path, animations: "disabled", ...(clip && { clip }) });
  return path;
}
