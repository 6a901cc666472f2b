import { expect, test } from "vitest";
import { startFaultFront } from "../faults/fault-front.ts";
import { startJob } from "./runner.ts";

const good = {
  ...{ files: "a.mp4", "api-url": "https://clips.example.com/v2.7" },
  ...{ "app-id": "app", "app-secret": "secret-1234" },
};

test.each([
  ["files", { files: "" }, "is needed: the videos or pictures to upload"],
  ["files", { files: "!a.mp4" }, "is needed: the videos or pictures to upload"],
  ["api-url", { "api-url": "" }, "is needed: an http or https URL"],
  ["api-url", { "api-url": "clips.example.com" }, "takes an http or https URL with the version"],
  ["api-url", { "api-url": "https://me:geheim@x.example/" }, "takes an http or https URL"],
  ["app-id", { "app-id": "" }, "is needed with app-secret"],
  ["app-id", { "app-id": "a b" }, "takes visible ASCII characters without spaces"],
  [
    "access-token",
    { "app-secret": "", "access-key": "k" },
    "is needed: access-key and access-token",
  ],
  [
    "access-key",
    { "app-secret": "", "access-token": "t" },
    "is needed: access-key and access-token",
  ],
  ["app-secret", { "access-key": "k", "access-token": "t" }, "cannot be given with access-key"],
  // As for a fork or a misspelt secret.
  ["app-secret", { "app-secret": "" }, "is empty, but app-id is given, so a secret was meant."],
  [
    "if-no-files-found",
    { "if-no-files-found": "fail" },
    'takes "error", "warn", "ignore", not "fail"',
  ],
  ["fail-on-unmatched-pattern", { "fail-on-unmatched-pattern": "yes" }, 'takes "false" or "true"'],
  ["include-hidden-files", { "include-hidden-files": "1" }, 'takes "false" or "true", not "1"'],
  ["mime", { mime: "mp4" }, "takes a media type such as video/webm"],
  ["thumbnail-time", { "thumbnail-time": "1m" }, 'takes seconds such as 12 or 1.5, or "auto"'],
  ["private-links", { "private-links": "31d" }, "takes a time such as 12h or 7d, at most 30 days"],
  [
    "compare-ignore",
    { "compare-ignore": "0,0,10,10\nclock" },
    'takes x,y,width,height, such as 1180,0,100,40 in pixels or 90%,0%,10%,6% of the picture, one on each line, not "clock"',
  ],
  [
    "compare-ignore",
    { "compare-ignore": "0,0,10,10\n".repeat(21) },
    "takes at most 20 boxes, not 21",
  ],
  // An empty text is no comment, as that of a variable that is not set.
  [
    "fail-on-change",
    { comment: "", "fail-on-change": "true" },
    "needs compare: true, and comment: true or auto",
  ],
  ["preview", { preview: "middle" }, 'takes "auto", "start", "end", not "middle"'],
  ["wait-for", { "wait-for": "ready" }, 'takes "available" or "finalized", not "ready"'],
  ["timeout-minutes", { "timeout-minutes": "0" }, 'takes a number above 0, up to 35000, not "0"'],
  ["concurrency", { concurrency: "65" }, 'takes a whole number from 1 to 64, not "65"'],
  ["part-concurrency", { "part-concurrency": "1.5" }, "takes a whole number from 1 to 64"],
  ["max-attempts", { "max-attempts": "many" }, 'takes a whole number from 1 to 20, not "many"'],
  ["on-error", { "on-error": "fail" }, 'takes "continue" or "stop", not "fail"'],
  ["fail-on-error", { "fail-on-error": "no" }, 'takes "true" or "false", not "no"'],
  ["summary", { summary: "on" }, 'takes "true" or "false", not "on"'],
  ["comment", { comment: "always" }, 'takes "false", "true", "auto", not "always"'],
  ["comment-key", { "comment-key": "a b -->" }, "takes up to 64 letters, digits"],
  [
    "comment-key",
    { "comment-key": "_a" },
    "takes up to 64 letters, digits, dots, dashes and underscores, of which the first is a letter or a digit",
  ],
  ["github-token", { comment: "true" }, "is needed to comment"],
  ["dry-run", { "dry-run": "maybe" }, 'takes "false" or "true", not "maybe"'],
  ["working-directory", { "working-directory": "gone" }, 'takes a folder that exists, not "gone"'],
  [
    "results-file",
    { gather: "*.json", files: "", "results-file": "a.json" },
    "cannot be given with gather",
  ],
  ["files", { gather: "*.json" }, "cannot be given with gather"],
  ["keep-until", { "keep-until": "friday" }, 'takes "pr-closed", or nothing'],
  [
    "require-paths",
    { gather: "*.json", files: "", "require-paths": "src/**" },
    "cannot be given with gather",
  ],
  ["github-token", { "require-paths": "src/**" }, "is needed to ask what the pull request changes"],
  ["tell-closed", { "tell-closed": "closed" }, 'takes "false" or "true", not "closed"'],
  ["files", { "tell-closed": "true" }, "cannot be given with tell-closed"],
])("%s: %j", async (name, wrong, takes) => {
  const job = await startJob();
  await job.write("a.mp4", "video");
  const step = await job.run({ ...good, ...wrong });
  expect(step.exitCode).toBe(1);
  expect(step.errors).toHaveLength(1);
  expect(step.errors[0]?.message).toContain(`The input ${name} ${takes}`);
  expect(step.outputs).toMatchObject({ clips: "[]", "failed-count": "0" });
  expect(step.printed).not.toMatch(/secret-1234|geheim/);
});

test("an empty secret is told with its usual causes, and the way to do without it comes last", async () => {
  await using front = await startFaultFront({ upstream: "http://127.0.0.1:9" });
  const job = await startJob();
  await job.write("a.mp4", "video");
  const inputs = { ...good, "api-url": `${front.origin}/v2.7`, "app-secret": "" };
  const step = await job.run(inputs);
  expect(step.exitCode).toBe(1);
  const [message = ""] = step.errors.map((error) => error.message);
  const told = ["misspelt", "a fork", "Dependabot", "an environment", "remove app-id"];
  const places = told.map((text) => message.indexOf(text));
  expect(Math.min(...places)).toBeGreaterThan(0);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(message).not.toContain("id-token: write");
  expect(front.log).toEqual([]);
});

test("all invalid inputs are reported at once, and no request is sent", async () => {
  await using front = await startFaultFront({ upstream: "http://127.0.0.1:9" });
  const job = await startJob();
  await job.write("a.mp4", "video");
  const step = await job.run({
    ...{ ...good, "api-url": `${front.origin}/v2.7` },
    ...{ concurrency: "0", comment: "perhaps", "wait-for": "never" },
  });
  expect(step.errors[0]?.message.split("\n")).toHaveLength(3);
  expect(front.log).toEqual([]);
});
