import type { Browser, Page } from "playwright-core";
import { onTestFinished } from "vitest";

export type ContextOptions = NonNullable<Parameters<Browser["newContext"]>[0]>;

export interface OpenedPage {
  page: Page;
  /** Errors that the page has written to its console. */
  complaints: string[];
}

/** Opens a page in a profile of its own, until the test has ended. */
export async function openPage(
  browser: Browser,
  url: string,
  options: ContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints };
}
