import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { FF_ENCODER_LIBX264, FF_ENCODER_PNG } from "node-av/constants";
import { expect, test } from "vitest";
import { encodeMedia } from "../../../test/fixtures/encode-media.ts";
import { makeFolder, runCli } from "./run-cli.js";

/** A folder with two videos of which the second has a box from 1.0 to 1.6 s. */
async function makeVideos(): Promise<string> {
  const cwd = await makeFolder();
  const box = "drawbox=x=40:y=100:w=80:h=40:c=0x404040:t=fill:enable='between(n,10,15)'";
  for (const [name, filter] of [
    ["old.mp4", "null"],
    ["new.mp4", box],
  ] as const) {
    await encodeMedia({
      path: path.join(cwd, name),
      source: `testsrc2=duration=2:size=320x180:rate=10,${filter},format=yuv420p`,
      encoder: FF_ENCODER_LIBX264,
      encoderOptions: { preset: "ultrafast", crf: "20" },
    });
  }
  return cwd;
}

test("diff tells in a table what has changed, and exits with 3 where that has to fail", async () => {
  const cwd = await makeVideos();
  const told = await runCli(["diff", "old.mp4", "new.mp4"], { cwd });
  expect(told).toMatchObject({ code: 0, stderr: "" });
  expect(told.stdout).toMatch(/^Changed from 0:01\.0 to 0:01\.6, \d+ % of the picture\.\n/);
  expect(told.stdout).toMatch(/changed +1\.000 - 1\.600 +1\.000 - 1\.600 +\d+ %/);
  const failed = await runCli(["diff", "old.mp4", "new.mp4", "--fail-on-change"], { cwd });
  expect(failed.code).toBe(3);
  const same = await runCli(["diff", "old.mp4", "old.mp4", "--fail-on-change"], { cwd });
  expect(same).toMatchObject({ code: 0, stdout: "Both files have the same bytes.\n" });
});

test("diff prints one JSON document, and writes a picture", async () => {
  const cwd = await makeVideos();
  const args = ["diff", "old.mp4", "new.mp4", "--json", "--picture", "diff.gif"];
  const { code, stdout } = await runCli(args, { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: "changed",
    reason: null,
    ranges: [{ kind: "changed", old: { from: 1, to: 1.6 }, new: { from: 1, to: 1.6 } }],
    old: { width: 320, height: 180, codec: "h264" },
    picture: "diff.gif",
  });
  expect((await readFile(path.join(cwd, "diff.gif"))).toString("latin1", 0, 6)).toBe("GIF89a");
});

test("diff tells what does not do what it seems to: a box beside the picture, another ending", async () => {
  const cwd = await makeVideos();
  const args = ["diff", "old.mp4", "new.mp4", "--ignore", "500,0,10,10", "--picture", "diff.png"];
  const { code, stdout, stderr } = await runCli(args, { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("picture: diff.png");
  expect(stderr).toContain("--ignore 500,0,10,10 lies outside of the picture, which has 320 × 180");
  expect(stderr).toContain("diff.png is a GIF, whatever its name says.");
});

test("diff refuses what is no video, by its name, and an FFmpeg that cannot be run", async () => {
  const cwd = await makeVideos();
  await writeFile(path.join(cwd, "notes.mp4"), "notes");
  const notes = await runCli(["diff", "old.mp4", "notes.mp4"], { cwd });
  expect(notes.code).toBe(2);
  expect(notes.stderr).toContain("Nothing was compared (old.mp4 with notes.mp4): of the new file");
  const without = await runCli(["diff", "old.mp4", "new.mp4", "--ffmpeg", "/nope"], { cwd });
  expect(without).toMatchObject({ code: 2, stdout: "" });
  expect(without.stderr).toMatch(/--ffmpeg: \/nope cannot be run/);
});

test("diff compares nothing for a picture in a folder that is not there", async () => {
  const cwd = await makeVideos();
  const args = ["diff", "old.mp4", "new.mp4", "--json", "--picture", "none/diff.gif"];
  const { code, stdout } = await runCli(args, { cwd });
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).not.toHaveProperty("verdict");
  expect(stdout).toContain("--picture: there is no folder none. Make it first.");
});

test("diff tells what has changed also where the picture cannot be written", async () => {
  const cwd = await makeVideos();
  // A folder stands where it was to be.
  await mkdir(path.join(cwd, "diff.gif"));
  const args = ["diff", "old.mp4", "new.mp4", "--json", "--picture", "diff.gif"];
  const { code, stdout, stderr } = await runCli(args, { cwd });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: "changed", picture: null });
  expect(stderr).toContain("The picture could not be written: Error: EISDIR");
});

test("diff compares two photos, without times, and draws them as a PNG", async () => {
  const cwd = await makeFolder();
  const box = "drawbox=x=40:y=100:w=80:h=40:c=0x404040:t=fill";
  for (const [name, filter] of [
    ["old.png", "null"],
    ["new.png", box],
  ] as const) {
    await encodeMedia({
      path: path.join(cwd, name),
      source: `testsrc2=duration=0.1:size=320x180:rate=10,format=rgb24,${filter}`,
      encoder: FF_ENCODER_PNG,
    });
  }
  const args = ["diff", "old.png", "new.png", "--picture", "diff.png", "--fail-on-change"];
  const { code, stdout } = await runCli(args, { cwd });
  expect(code).toBe(3);
  expect(stdout).toMatch(
    /^Changed, 6 % of the picture\.\nwhat +picture +where .*\nchanged +6 % +40,100 80x40\n/,
  );
  expect((await readFile(path.join(cwd, "diff.png"))).toString("latin1", 1, 4)).toBe("PNG");
});

test.each(["30,90,100,60", "10%,50%,30%,35%"])("diff leaves out the box %s", async (box) => {
  const cwd = await makeVideos();
  const args = ["diff", "old.mp4", "new.mp4", "--ignore", box, "--fail-on-change"];
  expect((await runCli(args, { cwd })).code).toBe(0);
});

test.each([
  [["old.mp4", "gone.mp4"], "There is no file gone.mp4."],
  [["old.mp4", "."], ". is not a file"],
  [["notes.txt", "old.mp4"], "of the old file"],
  [["old.mp4", "new.mp4", "--ignore", "1,2,3"], "x,y,width,height"],
  [["old.mp4", "new.mp4", "--tolerance", "0"], "factor"],
])("diff %j is wrong use, and says why", async (args, why) => {
  const cwd = await makeVideos();
  await writeFile(path.join(cwd, "notes.txt"), "no video");
  const { code, stderr } = await runCli(["diff", ...args], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain(why);
});
