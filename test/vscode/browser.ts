import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** Starts Debian's Chromium without a screen. It reaches this machine alone. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
    // All else would go through a proxy that is not there. Catching requests one by one instead
    // takes the browser's cache away, and with it half of the time that a window needs to open.
    proxy: { server: "http://127.0.0.1:9", bypass: "127.0.0.1" },
  });
}

export interface ProfileOptions {
  /** The editor that may use the clipboard. */
  origin: string;
}

/** A browser profile. */
export async function openProfile(
  browser: Browser,
  { origin }: ProfileOptions,
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(20_000);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  return context;
}

/** Has a profile forget what pages of an origin have stored; what they loaded stays cached. */
export async function clearProfile(page: Page, origin: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const storageTypes = "cookies,indexeddb,local_storage,service_workers,cache_storage";
  await session.send("Storage.clearDataForOrigin", { origin, storageTypes });
  await session.detach();
}
