import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeVideo } from "../fixtures/make-video.ts";
import { startTestService, type TestService } from "../start-service.ts";
import { startJob } from "./runner.ts";

export function inputsFor({ rootUrl, appId, appSecret }: TestService) {
  return { "api-url": rootUrl, "app-id": appId, "app-secret": appSecret };
}

test("one file: a clip with pictures, every output, the log and the summary", async () => {
  const service = await startTestService({ looksInto: true });
  const job = await startJob();
  await makeVideo({
    ...{ path: join(job.workspace, "intro.mp4"), container: "mp4" },
    ...{ seconds: 2, width: 320, height: 180, rate: 10 },
  });
  const step = await job.run({ files: "*.mp4", ...inputsFor(service) });
  expect(step.log).toBe("");
  expect(step.outputs).toMatchObject({});
});
