/**
 * Records a page with Playwright, which must find its ffmpeg where PLAYWRIGHT_BROWSERS_PATH says.
 *
 *   node record-page.ts <path of the recording>
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchBrowser } from "../../vscode/browser.ts";
import { shop, size } from "./shop.ts";

const [path = ""] = process.argv.slice(2);
const dir = await mkdtemp(join(tmpdir(), "clipcourier-videos-"));
const browser = await launchBrowser();
try {
  const context = await browser.newContext({ viewport: size, recordVideo: { dir, size } });
  const page = await context.newPage();
  // The page answers late, as that of a server that has just been started.
  await page.waitForTimeout(1200);
  await page.setContent(shop);
  await page.waitForFunction("step >= 30");
  await context.close();
  await page.video()?.saveAs(path);
} finally {
  await browser.close();
  await rm(dir, { recursive: true, force: true });
}
