import { join } from "node:path";
import { FF_ENCODER_LIBX264, FF_ENCODER_PNG } from "node-av/constants";
import { expect, test } from "vitest";
import { comparing } from "../../packages/service/test/compare-clips.ts";
import { findFreePort } from "../../packages/service/test/free-port.ts";
import { IdTokenIssuer } from "../../packages/service/test/id-token-issuer.ts";
import { encodeMedia } from "../fixtures/encode-media.ts";
import { isClean, runEnv, type Stage, secondSha, setUp, thirdSha } from "./comment-stage.ts";

/** Writes a video of two seconds, in which a box is seen from 1.0 to 1.6 s where one is asked for. */
async function record({ job }: Stage, name: string, hasBox: boolean): Promise<void> {
  const box = "drawbox=x=40:y=100:w=80:h=40:c=0x404040:t=fill:enable='between(n,10,15)'";
  await encodeMedia({
    path: join(job.workspace, name),
    source: `testsrc2=duration=2:size=320x180:rate=10,${hasBox ? box : "null"},format=yuv420p`,
    encoder: FF_ENCODER_LIBX264,
    encoderOptions: { preset: "ultrafast", crf: "20" },
  });
}

/** The address that the words of a change lead to. */
function findCompareLink(body: string): string {
  return /<a href="([^"]+)">Changed from/.exec(body)?.[1]?.replaceAll("&#38;", "&") ?? "";
}

const words = /Changed from 0&#58;01\.0 to 0&#58;01\.6, \d+ &#37; of the picture\./;

test("a clip that changes is told with the time, a link to the Compare view, and a looping picture", async () => {
  const stage = await setUp({ looksInto: true });
  const { api, comment, push } = stage;
  await record(stage, "intro.mp4", false);
  await record(stage, "outro.mp4", true);
  const first = await comment();
  expect(first).toMatchObject({ ...isClean, outputs: { "changed-count": "0", diff: "[]" } });

  await record(stage, "intro.mp4", true);
  const second = await comment({}, push(secondSha));
  expect(second).toMatchObject({ ...isClean, outputs: { "changed-count": "1" } });
  const [change, ...others] = JSON.parse(second.outputs.diff ?? "");
  expect(others).toEqual([]);
  const [oldId] = JSON.parse(first.outputs["clip-ids"] ?? "");
  const [newId] = JSON.parse(second.outputs["clip-ids"] ?? "");
  expect(change).toMatchObject({ file: "intro.mp4", oldId, newId, verdict: "changed" });
  expect(second.log).toContain(`Compared: intro.mp4: ${change.summary} ${change.url}`);

  const body = api.comments[0]?.body ?? "";
  const rows = body.split("\n").filter((line) => line.startsWith("|"));
  expect(rows[2]).toMatch(words);
  expect(rows[2]).toContain(`<a href="${change.url}">Changed`);
  expect(rows[3]).toContain("unchanged");
  expect(body).toContain(`<a href="${change.url}"><img src="${change.picture}"`);
  expect((await fetch(change.url)).status).toBe(200);
  const picture = Buffer.from(await (await fetch(change.picture)).arrayBuffer());
  expect(picture.toString("latin1", 0, 6)).toBe("GIF89a");

  // A re-run of the commit is compared with the same clips, and can fail because of it.
  const again = await comment({ "fail-on-change": "true" }, push(secondSha));
  expect(again.exitCode).toBe(1);
  expect(again.errors[0]?.message).toContain(`1 clip has changed.\nintro.mp4: ${change.summary}`);
  expect(JSON.parse(again.outputs.diff ?? "")).toEqual([change]);
  expect(api.comments[0]?.body).toMatch(words);
  // The next commit does not pass because of this one's clip, until the clip is what it was.
  const third = await comment({ "fail-on-change": "true" }, push(thirdSha));
  expect(third).toMatchObject({ exitCode: 1, outputs: { "changed-count": "1" } });
  expect(api.comments[0]?.body).toMatch(words);
  // Without it, clips are compared with the last commit's.
  const fourth = await comment({}, push("4".repeat(40)));
  expect(fourth).toMatchObject({ ...isClean, outputs: { "changed-count": "0" } });
  expect(api.comments[0]?.body).not.toMatch(words);
});

test("with compare-ignore what changes inside of its boxes is no change", async () => {
  const stage = await setUp({ looksInto: true });
  const { comment, push } = stage;
  await record(stage, "intro.mp4", false);
  expect(await comment()).toMatchObject(isClean);
  await record(stage, "intro.mp4", true);
  const boxes = { "compare-ignore": "\n0%,0%,5%,5%\n30,90,100,60\n", "fail-on-change": "true" };
  const step = await comment(boxes, push(secondSha));
  expect(step).toMatchObject({ ...isClean, outputs: { "changed-count": "0" } });
  expect(JSON.parse(step.outputs.diff ?? "")).toMatchObject([{ file: "intro.mp4" }]);
  // Without the boxes it is compared anew.
  const whole = await comment({}, push(secondSha));
  expect(whole.outputs).toMatchObject({ "changed-count": "1" });
});

test("a screenshot that changes is told with its share, and old, new and difference", async () => {
  const stage = await setUp({ looksInto: true });
  const { api, comment, job, push } = stage;
  const draw = (filter: string) =>
    encodeMedia({
      path: join(job.workspace, "page.png"),
      source: `color=white:s=320x180:r=5:d=0.2,${filter},format=rgb24`,
      encoder: FF_ENCODER_PNG,
      encoderOptions: {},
    });
  const files = { files: "*.png" };
  await draw("drawbox=x=20:y=20:w=200:h=20:c=black:t=fill");
  expect(await comment(files)).toMatchObject(isClean);
  await draw(
    "drawbox=x=20:y=20:w=200:h=20:c=black:t=fill,drawbox=x=80:y=80:w=160:h=90:c=red:t=fill",
  );
  const step = await comment(files, push(secondSha));
  expect(step).toMatchObject({ ...isClean, outputs: { "changed-count": "1" } });
  const [change] = JSON.parse(step.outputs.diff ?? "");
  expect(change).toMatchObject({ file: "page.png", verdict: "changed" });
  expect(change.summary).toMatch(/25 % of the picture/);
  expect(api.comments[0]?.body).toContain(`<a href="${change.url}"><img src="${change.picture}"`);
  const picture = Buffer.from(await (await fetch(change.picture)).arrayBuffer());
  expect(picture.toString("latin1", 1, 4)).toBe("PNG");
});

/** A service in which a `push` of the base has recorded clips, and the inputs and variables of later steps. */
async function recordBase() {
  const [issuer, port] = await Promise.all([IdTokenIssuer.start(), findFreePort()]);
  const rule = { repository: "octo/*", account: "acc_octo" };
  const rules = [rule, { ...rule, event_name: "workflow_run", forks: true }];
  const stage = await setUp({
    ...{ port, publicUrl: `http://127.0.0.1:${port}`, media: comparing().media },
    github: { issuer: issuer.url, rules },
  });
  const { job, service, start } = stage;
  const env = {
    ...{ GITHUB_SERVER_URL: issuer.url, GITHUB_REPOSITORY: "octo/intro", ...runEnv(3) },
    ACTIONS_ID_TOKEN_REQUEST_URL: issuer.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: issuer.requestToken,
  };
  const keyless = {
    "api-url": service.rootUrl,
    "app-id": "",
    "app-secret": "",
    files: "out/*.mp4",
  };
  const base = "d".repeat(40);
  await job.write("out/intro.mp4", "the intro of the base");
  await job.write("out/same.mp4", "what does not change");
  const ofBase = { sha: base, ref: "refs/heads/main", event_name: "push" };
  const workflow = "octo/intro/.github/workflows/render.yml@refs/heads/main";
  issuer.jobClaims = { ...ofBase, workflow_ref: workflow };
  const push = { eventName: "push", sha: base, ref: "refs/heads/main", event: {}, env };
  expect(await (await start(keyless, push)).finished).toMatchObject({ exitCode: 0 });
  return { ...stage, issuer, env, keyless, base, ofBase, push };
}

test("the first run of a pull request is compared with the clips of its base", async () => {
  const { api, issuer, job, start, env, keyless, base, ofBase, push } = await recordBase();
  // Another workflow has clips of these names, too.
  await job.write("out/intro.mp4", "the intro of another workflow");
  issuer.jobClaims = {
    ...{ ...ofBase, workflow_ref: "octo/intro/.github/workflows/demo.yml@refs/heads/main" },
  };
  expect(await (await start(keyless, push)).finished).toMatchObject({ exitCode: 0 });

  // A run of another pull request that signs in with the base's commit is not the base.
  await job.write("out/intro.mp4", "the intro of somebody else");
  issuer.jobClaims = { sha: base, ref: "refs/heads/main", event_name: "workflow_run" };
  expect(await (await start(keyless, push)).finished).toMatchObject({ exitCode: 0 });

  await job.write("out/intro.mp4", "the intro of the pull request");
  await job.write("out/new.mp4", "what is new");
  issuer.jobClaims = { sha: secondSha, ref: "refs/pull/7/merge", event_name: "pull_request" };
  const [pull] = api.pulls;
  if (pull) pull.sha = secondSha;
  const event = { pull_request: { number: 7, head: { sha: secondSha }, base: { sha: base } } };
  const first = await (await start(keyless, { event, env })).finished;
  expect(first).toMatchObject({ ...isClean, outputs: { "changed-count": "1" } });
  const [change] = JSON.parse(first.outputs.diff ?? "");
  expect(change).toMatchObject({ file: "out/intro.mp4", verdict: "changed" });
  const rows = api.comments[0]?.body.split("\n").filter((line) => line.startsWith("| ")) ?? [];
  const rowOf = (name: string) => rows.find((row) => row.includes(name));
  expect(rowOf("intro.mp4")).toContain("Changed from 0&#58;05.0 to 0&#58;07.5");
  expect(rowOf("same.mp4")).toContain("unchanged");
  expect(rowOf("new.mp4")).toContain("uploaded");
  // A second run of the commit knows it from the comment.
  const again = await (await start(keyless, { event, env })).finished;
  expect(JSON.parse(again.outputs.diff ?? "")).toEqual([change]);

  // With fail-on-change the next commit is compared with the base as well.
  if (pull) pull.sha = thirdSha;
  issuer.jobClaims = { sha: thirdSha, ref: "refs/pull/7/merge", event_name: "pull_request" };
  event.pull_request.head.sha = thirdSha;
  const strict = { ...keyless, "fail-on-change": "true" };
  const next = await (await start(strict, { event, env })).finished;
  expect(next).toMatchObject({ exitCode: 1, outputs: { "changed-count": "1" } });
  expect(JSON.parse(next.outputs.diff ?? "")).toEqual([change]);
});

test.each([
  ["of a pull request are compared with the base of that", "pull_request", "1"],
  ["of a branch are compared with no base, whose commits it may lack", "push", "0"],
])("the clips of a workflow_run that follows a run %s", async (_, triggeredBy, changedCount) => {
  const { api, issuer, job, start, env, keyless, base, ofBase } = await recordBase();
  await job.write("out/intro.mp4", "the intro of the pull request");
  const [pull] = api.pulls;
  Object.assign(pull ?? {}, { base });
  issuer.jobClaims = { ...ofBase, event_name: "workflow_run" };
  const event = {
    workflow_run: {
      ...{ event: triggeredBy, head_branch: "patch", head_sha: pull?.sha, run_number: 3 },
      ...{ head_repository: { full_name: "octo/intro", owner: { login: "octo" } } },
      ...{ pull_requests: [], path: ".github/workflows/render.yml" },
    },
  };
  const options = { eventName: "workflow_run", sha: base, ref: "refs/heads/main", event, env };
  const step = await (await start(keyless, options)).finished;
  expect(step).toMatchObject({ ...isClean, outputs: { "changed-count": changedCount } });
});

test("of a private account the comment has words and no picture", async () => {
  const stage = await setUp({ media: comparing().media, accountLimits: { private: true } });
  const { api, comment, job, push } = stage;
  await comment();
  await job.write("intro.mp4", "another intro");
  const step = await comment({}, push(secondSha));
  expect(step).toMatchObject({ ...isClean, outputs: { "changed-count": "1" } });
  expect(api.comments[0]?.body).toContain("Changed from 0&#58;05.0 to 0&#58;07.5");
  expect(api.comments[0]?.body).not.toContain("Changed most");
  expect(JSON.parse(step.outputs.diff ?? "")[0].picture).toBeNull();
});

test("with private-links the comment opens the comparison of private clips, and the log does not", async () => {
  const accountLimits = { private: true };
  const stage = await setUp({ media: comparing().media, accountLimits });
  const { api, comment, job, push } = stage;
  await comment();
  await job.write("intro.mp4", "another intro");
  const step = await comment({ "private-links": "1d" }, push(secondSha));
  expect(step).toMatchObject({ ...isClean, outputs: { "changed-count": "1" } });
  const body = api.comments[0]?.body ?? "";
  const link = findCompareLink(body);
  const page = await fetch(link);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("Changed from 0:05.0 to 0:07.5");
  const [change] = JSON.parse(step.jobOutputs.diff ?? "");
  expect(change).toMatchObject({ link, linkExpires: expect.any(String), picture: null });
  expect(change.url).toBe(link.replace(/\?.*/, ""));
  expect((await fetch(change.url)).status).toBe(404);
  expect(step.log).toContain(`Compared: intro.mp4: ${change.summary} ${change.url}`);
  expect(step.log).not.toContain("signature");
  expect(body).not.toContain("Changed most");
  // Only where they are asked for.
  await comment({}, push(secondSha));
  expect(findCompareLink(api.comments[0]?.body ?? "")).toBe(change.url);
});

test("of private clips whose pictures the operator allows, the looping picture is shown without a signature", async () => {
  const accountLimits = { private: true, privatePictures: "shown" } as const;
  const { api, comment, job, push } = await setUp({ media: comparing().media, accountLimits });
  await comment();
  await job.write("intro.mp4", "another intro");
  const step = await comment({ "private-links": "1d" }, push(secondSha));
  expect(step).toMatchObject(isClean);
  const body = api.comments[0]?.body ?? "";
  const [{ url, picture }] = JSON.parse(step.outputs.diff ?? "");
  expect(picture).toBe(`${url}.gif`);
  expect((await fetch(picture)).status).toBe(200);
  expect(body).toMatch(new RegExp(`<a href="[^"]+signature[^"]+"><img src="${picture}"`));
});

test("a comparison that fails says why, and fails neither the upload nor the comment", async () => {
  const reason = "The videos have different shapes.";
  const { media } = comparing(async () => ({ outcome: "not-media", reason }));
  const { api, comment, job, push } = await setUp({ media });
  await comment();
  await job.write("intro.mp4", "another intro");
  const step = await comment({ "fail-on-change": "true" }, push(secondSha));
  expect(step).toMatchObject({ exitCode: 0, errors: [], outputs: { "changed-count": "0" } });
  expect(step.warnings[0]?.message).toBe(
    "It is not known whether something has changed: intro.mp4.",
  );
  expect(api.comments[0]?.body).toContain(">it cannot be compared&#58; The videos have different");
});

test("compare: false compares nothing, and neither is an earlier clip that is gone", async () => {
  const { asked, media } = comparing();
  const { api, comment, job, push, service } = await setUp({ media });
  const first = await comment();
  await job.write("intro.mp4", "another intro");
  expect(await comment({ compare: "false" }, push(secondSha))).toMatchObject(isClean);
  await service.connect().deleteClip(JSON.parse(first.outputs["clip-ids"] ?? "")[0]);
  const gone = await comment({ "compare-tolerance": "2" }, push(secondSha));
  expect(gone).toMatchObject({ ...isClean, outputs: { diff: "[]" } });
  expect(gone.log).toContain("intro.mp4 is not compared: ");
  expect(gone.warnings).toEqual([]);
  const strict = await comment({ "fail-on-change": "true" }, push(secondSha));
  expect(strict).toMatchObject({ exitCode: 0, errors: [] });
  expect(strict.warnings[0]?.message).toMatch(
    /^It is not known whether something has changed: intro\.mp4 is not compared: /,
  );
  expect(asked).toEqual([]);
  expect(api.comments[0]?.body).toContain("changed |");
});
