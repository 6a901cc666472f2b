import { join } from "node:path";
import { ClipReporter, type ReporterOptions } from "@clipcourier/playwright";
import { readResultsFile } from "@clipcourier/report";
import type { FullConfig, TestCase, TestResult } from "@playwright/test/reporter";
import { expect, onTestFinished, test, vi } from "vitest";
import { makeFolder, startTestService, type TestService } from "../start-service.ts";

// Without Playwright, whose own part is in reporter.heavy.ts.

/** What an attempt at a test attaches. */
interface Attempt {
  title: string;
  status?: TestResult["status"];
  path: string;
}

/** A run of these attempts, with what the reporter prints and says of the run. */
async function report(options: ReporterOptions, attempts: readonly Attempt[], config = {}) {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  onTestFinished(() => write.mockRestore());
  const reporter = new ClipReporter(options);
  reporter.onBegin({ reporter: [], shard: null, ...config } as unknown as FullConfig);
  const ended = attempts.map(({ title, status = "passed", path }) => {
    const annotations: TestResult["annotations"] = [];
    const attachments = [{ name: "video", contentType: "video/webm", path }];
    const result = { status, retry: 0, steps: [], errors: [], attachments, annotations };
    const names = ["", "", "a.spec.ts", title];
    const test = { titlePath: () => names, expectedStatus: "passed", retries: 0, annotations: [] };
    reporter.onTestEnd(
      { ...test, repeatEachIndex: 0 } as unknown as TestCase,
      result as unknown as TestResult,
    );
    return result;
  });
  const end = await reporter.onEnd();
  write.mockRestore();
  return { end, output: lines.join(""), results: ended };
}

const keysOf = ({ rootUrl, appId, appSecret }: TestService) => ({
  apiUrl: rootUrl,
  appId,
  appSecret,
});

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

test("a report that is written before the clips are known is named", async () => {
  const own = "@clipcourier/playwright";
  const early = { reporter: [["html", {}], ["list"], [own, {}], ["junit", {}]] };
  const { output } = await report({}, [], early);
  expect(output).toContain(`The reporter html has no links to clips: put it after ${own}.\n`);
});
