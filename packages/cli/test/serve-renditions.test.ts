import path from "node:path";
import type { Clip } from "@clipcourier/core";
import { expect, test } from "vitest";
import { makeVideo } from "../../../test/fixtures/make-video.ts";
import { makeFolder } from "./run-cli.js";
import { startServe } from "./serve-client.js";

/** Starts `serve`, uploads an AVI, and waits until it is known how that plays. */
async function playAvi(...args: string[]): Promise<Clip> {
  const cwd = await makeFolder();
  const file = path.join(cwd, "old.avi");
  await makeVideo({ path: file, container: "avi", seconds: 1, width: 160, height: 120, rate: 5 });
  await using client = await startServe(cwd, ...args);
  let { clip } = await client.upload(file);
  await expect
    .poll(async () => {
      clip = await client.getClip(clip.id);
      return clip.plays;
    })
    .toBeDefined();
  return clip;
}

test("serve makes a version of an AVI that browsers play", async () => {
  const clip = await playAvi();
  expect(clip).toMatchObject({ plays: "rendition", playUrl: `${clip.url}/video.mp4` });
});

test.each([
  [["--no-renditions"], "This service makes no renditions."],
  [["--rendition-size", "100"], /100 bytes|0\.1 KiB/],
])("serve %j leaves an AVI a download, and says why", async (args, why) => {
  const clip = await playAvi(...args);
  expect(clip).not.toHaveProperty("playUrl");
  expect(clip).toMatchObject({ plays: "download only", status: "available" });
  expect(clip.notes?.join(" ")).toMatch(why);
});
