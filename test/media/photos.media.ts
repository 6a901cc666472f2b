import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { isClean, setUp } from "../action/comment-stage.ts";
import { ffmpeg } from "./programs.ts";

const run = promisify(execFile);

test("pictures of Debian's ffmpeg and a screenshot of Chromium are photos in the action's comment", async () => {
  const { api, comment, job } = await setUp({ looksInto: true });
  const source = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=5:d=1"];
  const still = ["-frames:v", "1"];
  const path = (name: string) => join(job.workspace, "shots", name);
  const page = await job.write("shots/page.html", "<h1>A page</h1>");
  for (const name of ["card.png", "card.jpg", "card.webp"]) {
    await ffmpeg(...source, ...still, path(name));
  }
  await ffmpeg(...source, path("card.gif"));
  await run("/usr/bin/chromium", [
    ...["--headless", "--no-sandbox", "--disable-gpu", "--window-size=800,600"],
    ...[`--screenshot=${path("page.png")}`, `file://${page}`],
  ]);
  const step = await comment({ files: "shots/*.{png,jpg,webp,gif}" });
  expect(step).toMatchObject({ ...isClean, outputs: { "uploaded-count": "5" } });
  const body = api.comments[0]?.body ?? "";
  expect(body).toContain("5 photos: 5 uploaded.");
  for (const { asset, url, thumbnail, width, height, file } of JSON.parse(
    step.outputs.clips ?? "",
  )) {
    const size = file === "shots/page.png" ? [800, 600] : [640, 360];
    expect([asset, width, height], file).toEqual(["photo", ...size]);
    expect(body).toContain(`<a href="${url}"><img src="${thumbnail}"`);
    const picture = await fetch(thumbnail);
    expect(picture.headers.get("content-type")).toBe("image/jpeg");
  }
});
