import { join } from "node:path";
import { readResultsFile } from "@clipcourier/report";
import { expect, test } from "vitest";
import { makePhoto } from "../fixtures/make-photo.ts";
import { makeFolder, startTestService } from "../start-service.ts";
import { keysOf, report } from "./report.ts";

// Without Playwright, whose own part is in reporter.heavy.ts.

test("videos are uploaded as tests end, and linked, the failed ones first", async () => {
  const service = await startTestService();
  const folder = await makeFolder();
  const outputFile = join(folder.path, "out", "clips.json");
  const { end, output, results } = await report({ ...keysOf(service), outputFile }, [
    { title: "passes", path: await folder.write("one.webm", "one") },
    { title: "fails", status: "failed", path: await folder.write("two.webm", "two") },
  ]);
  expect(end).toBeUndefined();
  const records = await readResultsFile(outputFile);
  expect(records.map(({ file, outcome }) => [file, outcome])).toEqual([
    ["a › passes.webm", "uploaded"],
    ["a › fails.webm", "uploaded"],
  ]);
  const [passed, failed] = records;
  expect(output).toBe(
    `2 videos of tests: 2 uploaded\n  failed  a › fails.webm\n    ${failed?.url}\n  a › passes.webm\n    ${passed?.url}\n`,
  );
  expect(results.map(({ annotations }) => annotations)).toEqual([
    [{ type: "clip", description: passed?.url }],
    [{ type: "clip", description: failed?.url }],
  ]);
  const clips = await service.connect().listClips();
  expect(clips.clips.map(({ filename }) => filename).sort()).toEqual([
    "a › fails.webm",
    "a › passes.webm",
  ]);
});

test("screenshots become photos where that is asked for, beside the videos", async () => {
  const service = await startTestService();
  const folder = await makeFolder();
  const attempts = [
    {
      title: "fails",
      status: "failed" as const,
      path: await folder.write("one.webm", "one"),
      screenshot: await folder.write("test-failed-1.png", await makePhoto("png")),
    },
  ];
  const { output, results } = await report({ ...keysOf(service), screenshots: true }, attempts);
  expect(output).toMatch(/^Recordings of tests: 1 video and 1 photo: 2 uploaded\n/);
  expect(results[0]?.annotations).toHaveLength(2);
  const { clips } = await service.connect().listClips();
  expect(clips.map(({ filename, asset }) => [filename, asset]).sort()).toEqual([
    ["a › fails › screenshot.png", "photo"],
    ["a › fails.webm", undefined],
  ]);
  const { output: without } = await report(keysOf(service), attempts);
  expect(without).toMatch(/^1 video of tests: /);
});

test("a screenshot is a photo by its type, whatever its file is called", async () => {
  const service = await startTestService();
  const folder = await makeFolder();
  const attempt = {
    title: "fails",
    path: await folder.write("one.webm", "one"),
    screenshot: await folder.write("shot.dat", await makePhoto("png")),
  };
  const options = { ...keysOf(service), screenshots: true, failOnError: true };
  const { end } = await report(options, [attempt]);
  expect(end).toBeUndefined();
  const { clips } = await service.connect().listClips();
  expect(clips.find(({ asset }) => asset === "photo")?.filename).toBe("a › fails › screenshot.png");
});

test.each([
  [false, undefined],
  [true, { status: "failed" }],
])(
  "a video that is gone is told, and with failOnError %j the run ends as %j",
  async (failOnError, expected) => {
    const service = await startTestService();
    const folder = await makeFolder();
    const { end, output } = await report({ ...keysOf(service), failOnError }, [
      { title: "is lost", path: join(folder.path, "none.webm") },
      { title: "is kept", path: await folder.write("one.webm", "one") },
    ]);
    expect(output).toContain("No clip of a › is lost.webm: ");
    expect(output).toContain("2 videos of tests: 1 uploaded, 1 failed\n");
    expect(end).toEqual(expected);
  },
);

test("a wrong secret is told once, and not in the line", async () => {
  const service = await startTestService();
  const folder = await makeFolder();
  const attempts = await Promise.all(
    Array.from({ length: 9 }, async (_, index) => ({
      title: `test ${index}`,
      path: await folder.write(`${index}.webm`, `content ${index}`),
    })),
  );
  const options = { ...keysOf(service), appSecret: "wrong-secret", concurrency: 1 };
  const { output } = await report(options, attempts);
  expect(output.match(/No clip of/g)).toHaveLength(1);
  expect(output).toContain("9 videos of tests: 1 failed, 8 skipped\n");
  expect(output).not.toContain("wrong-secret");
});

test("without a service a line says so, and the run is as it was", async () => {
  const { end, output } = await report({ failOnError: true }, [{ title: "a", path: "none.webm" }]);
  expect(output).toBe(
    "@clipcourier/playwright uploads nothing: no service is configured. Set CLIPCOURIER_API_URL.\n",
  );
  expect(end).toBeUndefined();
});

test("a setting that is missing is named, by its variable and its option", async () => {
  const options = { apiUrl: "http://127.0.0.1:9/v2.7", appId: "app", failOnError: true };
  const { end, output } = await report(options, []);
  expect(output).toContain(
    "uploads nothing: the reporter's option appId is given, but appSecret is missing",
  );
  expect(output).toContain("CLIPCOURIER_APP_SECRET is empty or not set");
  expect(end).toEqual({ status: "failed" });
});

test("an upload that does not end is left out after the time that it has", async () => {
  const folder = await makeFolder();
  // Nobody answers there, and an outage is waited out for longer.
  const options = {
    apiUrl: "http://127.0.0.1:9/v2.7",
    appId: "app",
    appSecret: "secret",
    waitAtEnd: 1,
  };
  const { output } = await report(options, [
    { title: "waits", path: await folder.write("one.webm", "one") },
  ]);
  expect(output).toContain("1 of them were still under way ");
  expect(output).toContain("the option waitAtEnd");
});

test("a run that was interrupted keeps its status, and its results tell what is left", async () => {
  const folder = await makeFolder();
  const options = {
    ...{ apiUrl: "http://127.0.0.1:9/v2.7", appId: "app", appSecret: "secret", waitAtEnd: 1 },
    ...{ configDir: folder.path, outputFile: "out/clips.json", comment: true, failOnError: true },
  };
  const attempts = [{ title: "waits", path: await folder.write("one.webm", "one") }];
  const { end, output } = await report(options, attempts, {}, { status: "interrupted" });
  expect(end).toBeUndefined();
  expect(output).toContain("1 of them were still under way ");
  expect(output).toContain("(the run was interrupted).\nNo comment: the run was interrupted.\n");
  const records = await readResultsFile(join(folder.path, "out/clips.json"));
  expect(records.map(({ outcome }) => outcome)).toEqual(["skipped"]);
});

test("without a service the results file is there, in the folder of the config, and empty", async () => {
  const { path: configDir } = await makeFolder();
  await report({ configDir, outputFile: "clips.json" }, []);
  expect(await readResultsFile(join(configDir, "clips.json"))).toEqual([]);
});

test("where tests are only listed nothing is written", async () => {
  const { path: configDir } = await makeFolder();
  const { output } = await report({ configDir, _mode: "list", outputFile: "clips.json" }, []);
  expect(output).toBe("");
  await expect(readResultsFile(join(configDir, "clips.json"))).rejects.toThrow(/cannot be read/);
});

test("a report that is written before the clips are known is named", async () => {
  const own = "@clipcourier/playwright";
  const early = { reporter: [["html", {}], ["list"], [own, {}], ["junit", {}]] };
  const { output } = await report({}, [], early);
  expect(output).toContain(`The reporter html has no links to clips: put it after ${own}.\n`);
});

test("links open the clips of a private account where they are asked for, and are not in the log", async () => {
  const service = await startTestService({
    accountLimits: { private: true, privatePictures: "placeholder" },
  });
  const folder = await makeFolder();
  const { output, results } = await report({ ...keysOf(service), privateLinks: "1d" }, [
    { title: "opens", path: await folder.write("one.webm", "one") },
  ]);
  const link = results[0]?.annotations[0]?.description ?? "";
  expect((await fetch(`${link}&t=2`)).status).toBe(200);
  expect((await fetch(link.replace(/\?.*/, ""))).status).toBe(404);
  expect(output).toContain("1 video of tests: 1 uploaded\n");
  expect(output).not.toMatch(/signature/i);
});
