import { readFile } from "node:fs/promises";
import path from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import { expect, test } from "vitest";
import { debian, ffmpeg, installFfmpeg } from "../../service/test/engine-videos.ts";
import { Cli, makeFolder } from "./run-cli.js";

test("serve --ffmpeg makes the pictures of what is uploaded with that program", async () => {
  installFfmpeg();
  const cwd = await makeFolder();
  const video = path.join(cwd, "video.mp4");
  const source = "testsrc2=size=320x180:rate=25:duration=2";
  await ffmpeg(["-f", "lavfi", "-i", source, "-c:v", "libx264", "-pix_fmt", "yuv420p", video]);
  const ready = path.join(cwd, "ready.json");
  const args = ["--port", "0", "--folder", "data", "--ffmpeg", debian.ffmpeg];
  const cli = new Cli(["serve", ...args, "--ready-file", ready], { cwd });
  await cli.waitFor(`(${debian.ffmpeg}).`);
  expect(cli.stdout).toMatch(
    /Pictures are made with ffmpeg \d+\.\d+\S* \(\/usr\/bin\/ffmpeg\)\.\n/,
  );
  const { rootUrl, appId, appSecret } = JSON.parse(await readFile(ready, "utf8"));
  const client = new DirectUploadClient({ rootUrl, appId, appSecret, proxyEnv: {} });
  const { clip } = await client.upload(video);
  expect(clip).toMatchObject({ status: "available", width: 320, height: 180, codec: "h264" });
  await expect.poll(async () => (await client.getClip(clip.id)).thumbnailUrl).toContain("http");
  const { thumbnailUrl } = await client.getClip(clip.id);
  await client.close();
  const thumbnail = Buffer.from(await (await fetch(thumbnailUrl ?? "")).arrayBuffer());
  // FFmpeg's encoder leaves its version in the picture, which is another one in the package.
  const version = (await ffmpeg(["-version"])).toString();
  const [, major, minor] = /^libavcodec\s+(\d+)\.\s*(\d+)/m.exec(version) ?? [];
  expect(thumbnail.toString("latin1")).toContain(`Lavc${major}.${minor}.`);
});
