import path from "node:path";
import { type Clip, DirectUploadClient } from "@clipcourier/core";
import { expect, test } from "vitest";
import { makeVideo } from "../../../test/fixtures/make-video.ts";
import { Cli, makeFolder } from "./run-cli.js";

/** Starts `serve`, uploads an AVI, and waits until it is known how that plays. */
async function playAvi(...args: string[]): Promise<Clip> {
  const cwd = await makeFolder();
  const file = path.join(cwd, "old.avi");
  await makeVideo({ path: file, container: "avi", seconds: 1, width: 160, height: 120, rate: 5 });
  const cli = new Cli(["serve", "--port", "0", ...args], { cwd });
  await cli.waitFor("CLIPCOURIER_APP_SECRET");
  const read = (pattern: RegExp) => pattern.exec(cli.stdout)?.[1] ?? "";
  await using client = new DirectUploadClient({
    rootUrl: `${read(/Clipcourier is up at (\S+)/)}v2.7/`,
    appId: read(/APP_ID(?: = "|=)([^\s"]+)/),
    appSecret: read(/APP_SECRET(?: = "|=)([^\s"]+)/),
    proxyEnv: {},
  });
  let { clip } = await client.upload(file);
  await expect
    .poll(
      async () => {
        clip = await client.getClip(clip.id);
        return clip.plays;
      },
      { timeout: 60_000 },
    )
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
