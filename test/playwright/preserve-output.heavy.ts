import { join } from "node:path";
import { readResultsFile } from "@clipcourier/report";
import { beforeAll, expect, test } from "vitest";
import { installPrograms } from "../media/programs.ts";
import { startTestService } from "../start-service.ts";
import { makeProject } from "./project.ts";

// Playwright is really run here: it begins to remove what it does not preserve when it tells of a test's end.
beforeAll(installPrograms);

const file = `import { expect, test } from "@playwright/test";
  for (const title of ["one", "two", "three"]) {
    test("passes " + title, async ({ page }) => { await page.setContent("<h1>" + title + "</h1>"); });
  }
  test("fails", async ({ page }) => {
    await page.setContent("<h1>fails</h1>");
    expect(1).toBe(2);
  });
  test("attaches bytes", async ({}, { attachments }) => {
    attachments.push({ name: "own", contentType: "video/webm", body: Buffer.from("a video") });
  });`;

/** What the run says, and which clips it has. */
async function run(config: string) {
  const service = await startTestService();
  const project = await makeProject(config, { "tests/a.spec.ts": file });
  const { exitCode, output } = await project.run(["test"], {
    ...{ CLIPCOURIER_API_URL: service.rootUrl, CLIPCOURIER_APP_ID: service.appId },
    CLIPCOURIER_APP_SECRET: service.appSecret,
  });
  const records = await readResultsFile(join(project.folder, "clips.json"));
  expect(output).not.toContain("No clip of");
  const told = output.split("\n").filter((line) => line.includes("preserveOutput"));
  return { exitCode, told, clips: records.map(({ file: name }) => name).toSorted() };
}

const reporter = (options: object) =>
  `reporter: [["@clipcourier/playwright", ${JSON.stringify({ outputFile: "clips.json", ...options })}]],`;

test.each([
  [
    "never",
    {},
    ["a › attaches bytes.webm"],
    [
      '4 recordings of tests have no clip: with preserveOutput: "never" Playwright removes them before they can be uploaded. Set preserveOutput: "always" in the config of Playwright to have their clips, or "failures-only" for those of tests that failed.',
    ],
  ],
  [
    "failures-only",
    {},
    ["a › attaches bytes.webm", "a › fails.webm"],
    [
      '3 recordings of tests have no clip: with preserveOutput: "failures-only" Playwright removes those of tests that passed before they can be uploaded. Set preserveOutput: "always" in the config of Playwright to have their clips, or upload: "failed" for this reporter to have none of tests that passed.',
    ],
  ],
  ["failures-only", { upload: "failed" }, ["a › fails.webm"], []],
])(
  "with preserveOutput %j and the options %j",
  async (preserve, options, clips, told) => {
    const found = await run(`preserveOutput: "${preserve}", workers: 2, ${reporter(options)}`);
    expect(found).toEqual({ exitCode: 1, clips, told });
  },
  300_000,
);
