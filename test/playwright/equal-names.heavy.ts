import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readResultsFile } from "@clipcourier/report";
import { beforeAll, expect, test } from "vitest";
import { firstSha, pullEvent, runEnv, token } from "../action/comment-stage.ts";
import { apiEnv, startGitHubApi } from "../action/github-api.ts";
import { installPrograms } from "../media/programs.ts";
import { makeFolder, startTestService } from "../start-service.ts";
import { makeProject } from "./project.ts";

beforeAll(installPrograms);

/** Draws all the time: of a page that stands still, a slow machine may record nothing but emptiness. */
const counter = `<p></p><script>
  var frames = 0;
  (function draw() {
    document.querySelector("p").textContent = ++frames;
    requestAnimationFrame(draw);
  })();
</script>`;

const tests = (name: string) => `import { test } from "@playwright/test";
  for (const role of ["guest", "member"]) {
    test.describe(role, () => {
      test("signs in", async ({ page }, { project }) => {
        const counter = ${JSON.stringify(counter)};
        await page.setContent("<h1>${name} " + role + project.outputDir + "</h1>" + counter);
        await page.waitForFunction("frames > 60");
      });
    });
  }`;

test("tests of one title have clips that are told apart in results, comment and reports", async () => {
  const service = await startTestService();
  const api = await startGitHubApi();
  api.pulls.push({ number: 7, head: "octo:patch", sha: firstSha });
  const job = await makeFolder();
  // The first two projects have one name; two files differ in their endings alone. In one folder
  // Playwright would write the recording of one over that of the other.
  const project = await makeProject(
    `workers: 2,
     projects: [
       { name: "web", outputDir: "out/1", testMatch: "login.spec.ts" },
       { name: "web", outputDir: "out/2", testMatch: "login.spec.ts" },
       { name: "", outputDir: "out/3", testMatch: "login.spec.ts" },
       { name: "", outputDir: "out/4", testMatch: "login.test.ts" },
     ],
     reporter: [
       ["@clipcourier/playwright", { outputFile: "clips.json", comment: true }],
       ["json", { outputFile: "report.json" }],
       ["junit", { outputFile: "junit.xml" }],
     ],`,
    { "tests/login.spec.ts": tests("spec"), "tests/login.test.ts": tests("test") },
  );
  const { exitCode, output } = await project.run(["test"], {
    ...{ CLIPCOURIER_API_URL: service.rootUrl, CLIPCOURIER_APP_ID: service.appId },
    ...{ CLIPCOURIER_APP_SECRET: service.appSecret, GITHUB_ACTIONS: "true" },
    ...{ GITHUB_REPOSITORY: "octo/intro", GITHUB_TOKEN: token, ...apiEnv(api), ...runEnv(1) },
    GITHUB_EVENT_PATH: await job.write("event.json", JSON.stringify(pullEvent(firstSha))),
  });
  expect(exitCode, output).toBe(0);

  const expected = ["guest", "member"].flatMap((role) => [
    `login › ${role} › signs in [web, project 1].webm`,
    `login › ${role} › signs in [web, project 2].webm`,
    `login.spec.ts › ${role} › signs in [project 3].webm`,
    `login.test.ts › ${role} › signs in [project 4].webm`,
  ]);
  const records = await readResultsFile(join(project.folder, "clips.json"));
  expect(records.map(({ file }) => file).toSorted()).toEqual(expected.toSorted());
  const urls = new Set(records.map(({ url }) => url));
  expect(urls.size).toBe(8);
  const { clips } = await service.connect().listClips();
  expect(clips.map(({ filename }) => filename).toSorted()).toEqual(expected.toSorted());

  const comment = api.comments[0]?.body ?? "";
  for (const name of expected) expect(comment).toContain(name);

  // Each report has each clip at one test.
  const junit = await readFile(join(project.folder, "junit.xml"), "utf8");
  const cases = junit
    .split("</testcase>")
    .flatMap((text) => [...text.matchAll(/"clip" value="(.+?)"/g)]);
  expect(new Set(cases.map(([, url]) => url))).toEqual(urls);
  const report = await readFile(join(project.folder, "report.json"), "utf8");
  const links = [...report.matchAll(/"type": "clip",\s*"description": "(.+?)"/g)];
  expect(new Set(links.map(([, url]) => url))).toEqual(urls);
}, 600_000);
