import { ClipReporter, type ReporterOptions } from "@clipcourier/playwright";
import type { FullConfig, FullResult, TestCase, TestResult } from "@playwright/test/reporter";
import { onTestFinished, vi } from "vitest";
import type { TestService } from "../start-service.ts";

/** What an attempt at a test attaches. */
interface Attempt {
  title: string;
  status?: TestResult["status"];
  path: string;
  /** The path of a picture. */
  screenshot?: string;
  /** @default none */
  steps?: TestResult["steps"];
}

/** A run of these attempts, with what the reporter prints and says of the run. */
export async function report(
  options: ReporterOptions & { configDir?: string; _mode?: string },
  attempts: readonly Attempt[],
  config = {},
  run: Pick<FullResult, "status"> = { status: "passed" },
) {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  onTestFinished(() => write.mockRestore());
  const reporter = new ClipReporter(options);
  reporter.onBegin(
    { reporter: [], shard: null, projects: [], ...config } as unknown as FullConfig,
    { allTests: () => [] },
  );
  const ended = attempts.map(({ title, status = "passed", path, screenshot, steps = [] }) => {
    const annotations: TestResult["annotations"] = [];
    const attachments = [{ name: "video", contentType: "video/webm", path }];
    if (screenshot !== undefined) {
      attachments.push({ name: "screenshot", contentType: "image/png", path: screenshot });
    }
    const result = { status, retry: 0, steps, errors: [], attachments, annotations };
    const names = ["", "", "a.spec.ts", title];
    const parent = { project: () => undefined };
    const test = { titlePath: () => names, expectedStatus: "passed", retries: 0, annotations: [] };
    reporter.onTestEnd(
      { ...test, parent, repeatEachIndex: 0 } as unknown as TestCase,
      result as unknown as TestResult,
    );
    return result;
  });
  const end = await reporter.onEnd({ status: run.status });
  write.mockRestore();
  return { end, output: lines.join(""), results: ended };
}

/** The options that name this service. */
export const keysOf = ({ rootUrl, appId, appSecret }: TestService) => ({
  apiUrl: rootUrl,
  appId,
  appSecret,
});
