import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answering, readyResult } from "../../packages/service/test/fake-media.ts";
import { isClean, secondSha, setUp } from "./comment-stage.ts";

/** A job, and a service whose accounts are private. */
function setUpPrivate(privatePictures: "placeholder" | "shown" = "placeholder") {
  return setUp({
    media: answering(readyResult()),
    accountLimits: { private: true, privatePictures },
  });
}

/** The first link of a comment or a table, and the picture in it. */
function readRow(text: string) {
  const [, link = "", picture = ""] = /<a href="([^"]+)"><img src="([^"]+)"/.exec(text) ?? [];
  return { link: link.replaceAll("&#38;", "&"), picture };
}

test("a comment has a neutral picture, the plain page, and says that the clip is private", async () => {
  const { api, comment, service, job } = await setUpPrivate();
  const step = await comment({ "results-file": "results.json" });
  expect(step).toMatchObject(isClean);
  const body = api.comments[0]?.body ?? "";
  const { link, picture } = readRow(body);
  expect(picture).toBe(new URL("/private.svg", service.rootUrl).href);
  expect((await fetch(picture)).status).toBe(200);
  expect((await fetch(link)).status).toBe(404);
  expect(body).toContain("private, so only a signed link opens it");
  expect(step.log).toContain("Access: intro.mp4: private, so only a signed link opens it");
  const [clip] = JSON.parse(step.outputs.clips ?? "");
  expect(clip).toMatchObject({ private: true, placeholder: picture, url: link });
  const results = await readFile(join(job.workspace, "results.json"), "utf8");
  const everything = [body, step.printed, step.summary, results, JSON.stringify(step.outputs)];
  expect(everything.join()).not.toMatch(/signature/i);
});

test("with private-links it has links that open the clips, and the next one keeps none", async () => {
  const { api, comment, job, push } = await setUpPrivate();
  const inputs = { "private-links": "1d" };
  const step = await comment(inputs);
  expect(step).toMatchObject(isClean);
  const { link, picture } = readRow(api.comments[0]?.body ?? "");
  expect((await fetch(link)).status).toBe(200);
  expect(picture).toMatch(/\/private\.svg$/);
  expect(api.comments[0]?.body).toMatch(/private, the link expires on .*UTC/);
  expect(readRow(step.summary).link).toBe(link);
  const [clip] = JSON.parse(step.jobOutputs.clips ?? "");
  expect(clip).toMatchObject({ link, linkExpires: expect.any(String) });
  expect(JSON.parse(step.jobOutputs.urls ?? "")).toEqual([link.replace(/\?.*/, "")]);
  expect(step.printed).not.toMatch(/^(?!::|clips|markdown).*signature=/m);
  await job.write("intro.mp4", "another video");
  await comment(inputs, push(secondSha));
  const body = api.comments[0]?.body ?? "";
  const signed = body.match(/<a href="[^"?]+\?[^"]*signature/g) ?? [];
  // One opens the new clip, and one its comparison with the earlier one.
  expect(signed.map((one) => one.includes("/compare/"))).toEqual([false, true]);
  expect(body).not.toContain(new URL(link).searchParams.get("signature"));
});

test("pictures that the operator allows are shown", async () => {
  const { api, comment } = await setUpPrivate("shown");
  expect(await comment()).toMatchObject(isClean);
  const { link, picture } = readRow(api.comments[0]?.body ?? "");
  expect(picture).toBe(`${link}/preview.gif`);
  expect((await fetch(picture)).status).toBe(200);
  expect((await fetch(`${link}/video`)).status).toBe(404);
});

test("private-links that is no time is refused before anything is sent", async () => {
  const { comment } = await setUpPrivate();
  const step = await comment({ "private-links": "soon" });
  expect(step.exitCode).toBe(1);
  expect(step.errors[0]?.message).toContain(
    'The input private-links takes a time such as 12h or 7d, at most 30 days, not "soon".',
  );
  expect(step.outputs["uploaded-count"]).toBe("0");
});
