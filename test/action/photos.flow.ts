import { join } from "node:path";
import { expect, test } from "vitest";
import { makeAvif, makePhoto } from "../fixtures/make-photo.ts";
import { makeVideo } from "../fixtures/make-video.ts";
import { isClean, secondSha, setUp } from "./comment-stage.ts";

const files = "*.{mp4,png,jpg,webp,avif,gif}";

/** A job with a video and a photo of each kind, and a service that looks into them. */
async function setUpPhotos() {
  const stage = await setUp({ looksInto: true });
  const { job } = stage;
  await makeVideo({
    ...{ path: join(job.workspace, "intro.mp4"), container: "mp4", seconds: 1 },
    ...{ width: 64, height: 48, rate: 5 },
  });
  for (const kind of ["png", "jpg", "webp"] as const) {
    await job.write(`shot.${kind}`, await makePhoto(kind));
  }
  await job.write("shot.avif", makeAvif());
  await job.write("moving.gif", await makePhoto("moving.gif"));
  return stage;
}

/** The row of a file in a table of Markdown. */
function rowOf(text: string, file: string): string {
  return text.split("\n").find((line) => line.startsWith("|") && line.includes(`${file}<`)) ?? "";
}

test("pictures are photos in the comment, the summary and the outputs, with their thumbnails", async () => {
  const { api, comment, job, push, service } = await setUpPhotos();
  const step = await comment({ files });
  expect(step).toMatchObject({ ...isClean, outputs: { "uploaded-count": "6" } });
  const body = api.comments[0]?.body ?? "";
  const words = "1 video and 5 photos: 6 uploaded";
  expect(body).toContain(`\n\n${words}. For aaaaaaa.`);
  expect(step.summary).toContain(words);
  expect(step.log).toContain(`Clips: ${words}`);

  const clips = JSON.parse(step.outputs.clips ?? "") as Record<string, string | number>[];
  expect(clips.map(({ file, asset }) => [file, asset])).toEqual([
    ["intro.mp4", undefined],
    ...["moving.gif", "shot.avif", "shot.jpg", "shot.png", "shot.webp"].map((n) => [n, "photo"]),
  ]);
  for (const { asset, file, url, thumbnail, duration, width } of clips) {
    if (asset !== "photo") continue;
    expect([file, duration, width]).toEqual([file, null, 64]);
    const linked = `<a href="${url}"><img src="${thumbnail}"`;
    expect(rowOf(body, String(file))).toContain(linked);
    expect(rowOf(step.summary, String(file))).toContain(linked);
    const answer = await fetch(String(thumbnail));
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
  }
  const listed = await service.connect().listClips();
  expect(listed.clips.filter(({ asset }) => asset === "photo")).toHaveLength(5);

  // A photo that changes is shown before and now, and one that does not is said to be the same.
  await job.write("shot.png", await makePhoto("moving.apng"));
  const second = await comment({ files }, push(secondSha));
  expect(second).toMatchObject(isClean);
  const later = api.comments[0]?.body ?? "";
  expect(later).toContain("1 video and 5 photos: 1 uploaded, 5 known. For bbbbbbb.");
  expect(rowOf(later, "shot.png")).toMatch(
    /^\| <a href.* \| <a href.*\/compare\/.* has changed&#58; .* \|$/,
  );
  expect(rowOf(later, "shot.jpg")).toContain("unchanged");
});

test("a picture that is none fails by itself, and photos alone are counted as such", async () => {
  const { job, comment, api } = await setUp({ looksInto: true });
  await job.write("broken.png", "no picture");
  await job.write("shot.png", await makePhoto("png"));
  const step = await comment({ files: "*.png" });
  expect(step).toMatchObject({
    exitCode: 1,
    outputs: { "failed-count": "1", "uploaded-count": "1" },
  });
  expect(step.errors[0]?.message).toContain("broken.png: ");
  expect(api.comments[0]?.body).toContain("2 photos: 1 uploaded, 1 failed.");
});
