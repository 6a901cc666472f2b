import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readResultsFile, readResultsFiles } from "@clipcourier/report";
import { beforeAll, describe, expect, test } from "vitest";
import { ffmpeg, installPrograms } from "../media/programs.ts";
import { startTestService } from "../start-service.ts";
import { launchBrowser } from "../vscode/browser.ts";
import { makeProject } from "./project.ts";

// Playwright is really run here, with Debian's ffmpeg and Chromium.
beforeAll(installPrograms);

/** The page turns white right before the step that fails. */
const shop = `import { expect, test } from "@playwright/test";
  const dark = "<body style='background:#000'>";
  test("shows the cart", async ({ page }) => {
    await page.setContent(dark + "<h1>Cart</h1>");
    await expect(page.getByRole("heading")).toHaveText("Cart");
  });
  test.describe("checkout", () => {
    test("adds up", async ({ page }) => {
      await page.setContent(dark);
      await page.waitForTimeout(3000);
      await test.step("shows the total", async () => {
        await page.evaluate(() => { document.body.style.background = "#fff"; });
        await expect(page.getByRole("heading")).toHaveText("Total", { timeout: 2000 });
      });
    });
    test("pays: once / twice?", async ({ page }, { retry }) => {
      await page.setContent(dark);
      expect(retry).toBe(1);
    });
  });
  for (let index = 1; index <= 7; index++) {
    test("counts to " + index, () => { expect(index).toBeGreaterThan(0); });
  }`;

const withReports = `
  retries: 1, workers: 2,
  projects: [{ name: "desktop" }, { name: "mobile" }],
  reporter: [
    ["@clipcourier/playwright", { outputFile: "clips.json" }],
    ["html", { open: "never" }],
    ["junit", { outputFile: "junit.xml" }],
  ],`;

/** When the picture turns from black to white, in seconds. Before the page has anything, it is white. */
async function findWhite(path: string): Promise<number> {
  const rate = 25;
  const filter = `fps=${rate},scale=1:1,format=gray`;
  const pixels = await ffmpeg("-i", path, "-vf", filter, "-f", "rawvideo", "-");
  const black = pixels.findIndex((brightness) => brightness < 64);
  const white = pixels.findIndex((brightness, index) => index > black && brightness > 192);
  expect(black).toBeGreaterThan(-1);
  expect(white).toBeGreaterThan(black);
  return white / rate;
}

describe("a run of twenty tests in two projects", () => {
  test("has its clips in the terminal, the HTML report, JUnit and the results", async () => {
    const service = await startTestService({ looksInto: true });
    const project = await makeProject(withReports, { "tests/shop.spec.ts": shop });
    const { exitCode, output } = await project.run(["test"], {
      CLIPCOURIER_API_URL: service.rootUrl,
      CLIPCOURIER_APP_ID: service.appId,
      CLIPCOURIER_APP_SECRET: service.appSecret,
    });
    expect(exitCode, output).toBe(1);
    expect(output).toContain("10 videos of tests: ");
    expect(output).not.toContain(service.appSecret);

    const records = await readResultsFile(join(project.folder, "clips.json"));
    const names = records.map(({ file }) => file).toSorted();
    expect(names.filter((name) => name.includes("[desktop]"))).toEqual([
      "shop › checkout › adds up [desktop] (retry 1).webm",
      "shop › checkout › adds up [desktop].webm",
      "shop › checkout › pays- once - twice- [desktop] (retry 1).webm",
      "shop › checkout › pays- once - twice- [desktop].webm",
      "shop › shows the cart [desktop].webm",
    ]);
    expect(names).toHaveLength(10);
    expect(records.filter(({ status }) => status !== "available")).toEqual([]);

    const failed = records.find(({ file }) => file.endsWith("adds up [desktop].webm"));
    const links = output.split("\n").map((line) => line.trim());
    const link = links.find((line) => line.startsWith(`${failed?.url}?t=`)) ?? "";
    const junit = await readFile(join(project.folder, "junit.xml"), "utf8");
    expect(junit).toContain(`<property name="clip" value="${link}">`);

    // A second before the failing step, as exactly as a busy machine lets it be known.
    const seconds = Number(new URL(link).searchParams.get("t"));
    const recording = join(project.folder, "test-results/shop-checkout-adds-up-desktop/video.webm");
    expect(Math.abs((await findWhite(recording)) - 1 - seconds)).toBeLessThan(1.5);

    // Its step is a chapter, and so is what has failed within: at once, as far as a chapter goes.
    const answer = await fetch(`${failed?.url}.json`);
    const facts = (await answer.json()) as { chapters: { start: number; title: string }[] };
    const [step, failure] = facts.chapters;
    expect(facts.chapters.map(({ title }) => title)).toEqual([
      "shows the total",
      expect.stringMatching(/^Failed: Expect "toHaveText"/),
    ]);
    expect(failure?.start).toBeCloseTo(seconds + 1, 0);
    expect(failure?.start).toBeGreaterThan(step?.start ?? Infinity);

    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(120_000);
      await page.goto(pathToFileURL(join(project.folder, "playwright-report/index.html")).href);
      await page.getByRole("link", { name: "adds up" }).first().click();
      const shown = page.locator(`a[href="${link}"]`);
      await shown.waitFor();
      const opening = page.waitForEvent("popup").catch(() => page);
      await shown.click();
      const clip = await opening;
      await clip.locator("video").waitFor();
      const time = () => clip.evaluate<number>(`document.querySelector("video").currentTime`);
      await expect.poll(time).toBeCloseTo(seconds, 1);
    } finally {
      await browser.close();
    }
  }, 900_000);
});

describe("a run in shards", () => {
  test("writes a results file for each, which are read together", async () => {
    const service = await startTestService();
    const files = Object.fromEntries(
      ["one", "two"].map((name) => [
        `tests/${name}.spec.ts`,
        `import { test } from "@playwright/test";
         test("is recorded", async ({ page }) => { await page.setContent("<h1>${name}</h1>"); });`,
      ]),
    );
    const project = await makeProject(
      `reporter: [["@clipcourier/playwright", { outputFile: "results/clips.json" }]],`,
      files,
    );
    const env = {
      CLIPCOURIER_API_URL: service.rootUrl,
      CLIPCOURIER_APP_ID: service.appId,
      CLIPCOURIER_APP_SECRET: service.appSecret,
    };
    for (const shard of ["1/2", "2/2"]) {
      const { exitCode, output } = await project.run(["test", `--shard=${shard}`], env);
      expect(exitCode, output).toBe(0);
    }
    const { records } = await readResultsFiles(
      [1, 2].map((shard) => ({ path: join(project.folder, `results/clips-${shard}.json`) })),
    );
    expect(records.map(({ file }) => file)).toEqual([
      "one › is recorded.webm",
      "two › is recorded.webm",
    ]);
    expect(records.map(({ outcome }) => outcome)).toEqual(["uploaded", "uploaded"]);
  }, 600_000);
});
