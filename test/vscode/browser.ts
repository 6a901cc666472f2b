import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** Starts Debian's Chromium in headless mode. It can reach only this machine. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
    // Everything else goes to a proxy that does not exist. Intercepting requests instead would
    // disable the browser's cache, and opening a window would take twice as long.
    proxy: { server: "http://127.0.0.1:9", bypass: "127.0.0.1" },
  });
}

export interface ProfileOptions {
  /** The origin of the editor, which is allowed to use the clipboard. */
  origin: string;
}

/** A browser profile. */
export async function openProfile(
  browser: Browser,
  { origin }: ProfileOptions,
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(120_000);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  return context;
}

/** Deletes what the pages of an origin have stored in a profile, but not its HTTP cache. */
export async function clearProfile(page: Page, origin: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const storageTypes = "cookies,indexeddb,local_storage,service_workers,cache_storage";
  await session.send("Storage.clearDataForOrigin", { origin, storageTypes });
  await session.detach();
}
