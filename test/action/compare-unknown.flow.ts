import { expect, onTestFinished, test } from "vitest";
import { makeRecord } from "../../packages/report/test/records.ts";
import { comparing } from "../../packages/service/test/compare-clips.ts";
import { startFaultFront } from "../faults/fault-front.ts";
import { answerWith } from "../faults/faults.ts";
import { firstSha, isClean, secondSha, setUp, thirdSha } from "./comment-stage.ts";

// What a step with `fail-on-change` cannot find out must not look as if nothing had changed.
const strict = { "fail-on-change": "true" };
const isWarned = { exitCode: 0, errors: [] };
const unknown = "It is not known whether something has changed: ";

test("where the service does not say what the base has, that is a warning with fail-on-change", async () => {
  const { service, comment } = await setUp({ media: comparing().media });
  const front = await startFaultFront({ upstream: new URL(service.rootUrl).origin });
  onTestFinished(() => front.close());
  const refuse = answerWith({ status: 403, headers: {}, body: "" });
  const when = { method: "GET", path: /me\/statements/ };
  front.script([{ when, times: 9, fault: refuse }]);
  const behind = { "api-url": service.rootUrl.replace(/^https?:\/\/[^/]+/, front.origin) };
  const head = { sha: firstSha };
  const event = { pull_request: { number: 7, head, base: { sha: "d".repeat(40) } } };
  const step = await comment({ ...behind, ...strict }, { event });
  expect(step).toMatchObject(isWarned);
  expect(step.warnings[0]?.message).toMatch(
    new RegExp(`^${unknown}The clips of the base are unknown: .*403`),
  );
  // Without it the log alone says so.
  const plain = await comment({ ...behind, "comment-key": "other" }, { event });
  expect(plain).toMatchObject(isClean);
  expect(plain.log).toContain("The clips of the base are unknown: ");
  // A service that knows no runs has no base to compare with.
  front.script([]);
  const none = await comment({ ...behind, ...strict, "comment-key": "third" }, { event });
  expect(none).toMatchObject(isClean);
});

test.each([
  ["ignore", 0],
  ["error", 1],
])(
  "a run without files, with if-no-files-found: %s, does not make the changed clip the first one",
  async (found, exitCode) => {
    const { job, comment, push } = await setUp({ media: comparing().media });
    expect(await comment(strict)).toMatchObject(isClean);
    await job.write("intro.mp4", "another intro");
    const changed = { exitCode: 1, outputs: { "changed-count": "1" } };
    expect(await comment(strict, push(secondSha))).toMatchObject(changed);
    const none = { ...strict, files: "none/*.mp4", "if-no-files-found": found };
    expect(await comment(none, push(thirdSha))).toMatchObject({ exitCode });
    expect(await comment(strict, push("4".repeat(40)))).toMatchObject(changed);
  },
);

test("a run of some files does not forget the first clips of the others", async () => {
  const { job, comment, push } = await setUp({ media: comparing().media });
  const some = { ...strict, files: "outro.mp4" };
  await job.write("outro.mp4", "the outro");
  // So does another run of the first commit, of the files that had failed.
  expect(await comment(strict)).toMatchObject(isClean);
  expect(await comment(some)).toMatchObject(isClean);
  expect(await comment(some, push(secondSha))).toMatchObject(isClean);
  await job.write("intro.mp4", "another intro");
  const step = await comment(strict, push(thirdSha));
  expect(step).toMatchObject({ exitCode: 1, outputs: { "changed-count": "1" } });
});

/** Writes what a job with so many clips has left. The named ones have other content. */
function listClips(count: number, changed: readonly string[] = []): string {
  const clips = Array.from({ length: count }, (_, index) => {
    const file = `results-of-a-test-with-a-long-name/${index}.mp4`;
    const md5 = changed.includes(file) ? "1".repeat(32) : "0".repeat(32);
    return {
      ...makeRecord(file, `${index}-${md5}`),
      md5,
      preview: `https://clips.example.com/${index}.gif`,
    };
  });
  return JSON.stringify({ version: 1, clips });
}

const gathered = { ...strict, files: "", gather: "clips.json" };

test.each([
  ["that has no row is compared", 120, " is not compared: "],
  ["of which nothing is remembered is not known", 350, "1 clip may have changed: "],
])("of many clips, one %s", async (_, count, reason) => {
  const { api, job, comment, push } = await setUp({ media: comparing().media });
  const name = `results-of-a-test-with-a-long-name/${count - 1}.mp4`;
  await job.write("clips.json", listClips(count));
  expect(await comment(gathered)).toMatchObject(isClean);
  const body = api.comments[0]?.body ?? "";
  expect(body).toMatch(/… and \d+ more, for which there is no room here\./);
  expect(body.split("\n").filter((line) => line.startsWith("| <a")).length).toBeGreaterThan(10);
  // Runs of others in between change nothing about that.
  await job.write("clips.json", listClips(1));
  for (const sha of [secondSha, thirdSha]) {
    expect(await comment(gathered, push(sha))).toMatchObject(isClean);
  }
  await job.write(
    "clips.json",
    JSON.stringify({
      version: 1,
      clips: JSON.parse(listClips(count, [name])).clips.slice(-1),
    }),
  );
  const step = await comment(gathered, push("4".repeat(40)));
  expect(step).toMatchObject(isWarned);
  expect(step.warnings[0]?.message).toContain(unknown);
  expect(step.warnings[0]?.message).toContain(reason);
});

test("clips whose upload has failed are not known to be as they were", async () => {
  const { job, comment } = await setUp({ media: comparing().media });
  const { clips } = JSON.parse(listClips(3));
  const error = { code: "network", message: "The service was out of reach." };
  Object.assign(clips[1], { outcome: "failed", id: null, url: null, error });
  await job.write("clips.json", JSON.stringify({ version: 1, clips }));
  const step = await comment(gathered);
  expect(step).toMatchObject(isWarned);
  expect(step.warnings[0]?.message).toBe(
    `${unknown}1 file has no clip to compare: see why the upload failed or was stopped.`,
  );
});

test("an event that does not name its pull request is a warning with fail-on-change", async () => {
  const { comment } = await setUp({ media: comparing().media });
  const nameless = { event: {} };
  const step = await comment({ ...strict, comment: "auto" }, nameless);
  expect(step).toMatchObject(isWarned);
  expect(step.warnings.map(({ message }) => message)).toEqual([
    `${unknown}No pull request was found: the file of the event (GITHUB_EVENT_PATH) does not name the pull request.`,
  ]);
  expect(await comment({ comment: "auto" }, nameless)).toMatchObject(isClean);
  // A run that is of none has nothing to compare with.
  const ofPush = { eventName: "push", event: {}, ref: "refs/heads/none" };
  expect(await comment({ ...strict, comment: "auto" }, ofPush)).toMatchObject(isClean);
});
