import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { createMedia } from "../dist/index.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipcourier-engine-"));
});

afterEach(() => vi.unstubAllEnvs());

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Build {
  version: string;
  /** Of the library libavutil, by which the version is known. */
  library: string;
  lacks?: string[];
}

const filters =
  "fps select settb setpts tpad scale format split palettegen paletteuse setsar transpose hflip vflip bwdif lutrgb overlay tonemap zscale setparams";
const encoders = "mjpeg gif rawvideo libwebp_anim libx264 aac png";

/** A program that says of itself what an FFmpeg of this build says. */
async function makeProgram(name: string, { version, library, lacks = [] }: Build): Promise<string> {
  const list = (names: string): string =>
    names
      .split(" ")
      .filter((each) => !lacks.includes(each))
      .map((each) => ` ... ${each}`)
      .join("\n");
  const file = join(folder, name, "ffmpeg");
  await mkdir(join(folder, name), { recursive: true });
  const script = `#!/bin/sh
case "$2" in
-version) echo "ffmpeg version ${version} Copyright"; echo "libavutil      ${library} / ${library}";;
-filters) echo "${list(filters)}";;
-encoders) echo "${list(encoders)}";;
-codecs) echo " DEV.LS h264    H.264";;
esac
`;
  for (const program of [file, join(folder, name, "ffprobe")]) {
    await writeFile(program, script);
    await chmod(program, 0o755);
  }
  return file;
}

/** The service's files in a place where no node-av is. */
async function createWithoutPackage() {
  const elsewhere = join(folder, "elsewhere");
  await cp(fileURLToPath(new URL("../dist/media", import.meta.url)), elsewhere, {
    recursive: true,
  });
  await writeFile(join(elsewhere, "package.json"), '{ "type": "module" }');
  const { createMedia: create }: typeof import("../dist/media/media.js") = await import(
    pathToFileURL(join(elsewhere, "media.js")).href
  );
  return create();
}

test("the package is taken, whatever is on the PATH", async () => {
  const program = await makeProgram("beside", { version: "6.1", library: "58. 29.100" });
  vi.stubEnv("PATH", join(program, ".."));
  expect(await createMedia().findEngine?.()).toEqual({
    name: expect.stringMatching(/^node-av \d+\.\d+\.\d+$/),
    lacks: [],
  });
});

test("a program that is named is taken before the package", async () => {
  const ffmpeg = await makeProgram("named", { version: "6.1", library: "58. 29.100" });
  expect(await createMedia({ ffmpeg }).findEngine?.()).toEqual({
    name: `ffmpeg 6.1 (${ffmpeg})`,
    lacks: [],
  });
});

test("without the package, the first on the PATH is taken, but none of a relative folder", async () => {
  const first = await makeProgram("first", { version: "5.1.9-0+deb12u1", library: "57. 28.100" });
  const second = await makeProgram("second", { version: "7.1", library: "59. 39.100" });
  const folders = [".", join(folder, "nowhere"), join(first, ".."), join(second, "..")];
  vi.stubEnv("PATH", folders.join(":"));
  expect(await (await createWithoutPackage()).findEngine?.()).toEqual({
    name: `ffmpeg 5.1.9-0+deb12u1 (${first})`,
    lacks: [],
  });
});

test("a build of a development version is known by its library", async () => {
  const build = { version: "N-117899-gabc", library: "59. 50.100", lacks: ["libx264", "zscale"] };
  const ffmpeg = await makeProgram("snapshot", build);
  expect(await createMedia({ ffmpeg }).findEngine?.()).toEqual({
    name: `ffmpeg N-117899-gabc (${ffmpeg})`,
    lacks: ["the filter zscale", "the encoder libx264"],
  });
});

test.each<[string, Build, string]>([
  [
    "old",
    { version: "4.4.2", library: "56. 70.100" },
    "is FFmpeg 4.4.2, and 5.1 or later is needed",
  ],
  [
    "older",
    { version: "5.0.1", library: "57. 17.100" },
    "is FFmpeg 5.0.1, and 5.1 or later is needed",
  ],
  [
    "bare",
    { version: "6.1", library: "58. 29.100", lacks: ["palettegen", "gif"] },
    "was built without the filter palettegen, the encoder gif",
  ],
])("one that is %s is told by its name, with both ways out", async (name, build, problem) => {
  const ffmpeg = await makeProgram(name, build);
  vi.stubEnv("PATH", join(ffmpeg, ".."));
  const engine = await (await createWithoutPackage()).findEngine?.();
  const missing = engine && "missing" in engine ? engine.missing : "";
  expect(missing).toContain(`the package node-av is not installed, and ${ffmpeg} ${problem}: `);
  expect(missing).toContain("npm install node-av");
  expect(missing).toContain("--ffmpeg PATH");
  expect(await createMedia({ ffmpeg }).findEngine?.()).toEqual({ missing: `${ffmpeg} ${problem}` });
});

test("one that is installed later is found, but not looked for without pause", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  vi.stubEnv("PATH", join(folder, "later"));
  const media = await createWithoutPackage();
  const missing = { missing: expect.stringContaining("no ffmpeg on the PATH") };
  expect(await media.findEngine?.()).toEqual(missing);
  const ffmpeg = await makeProgram("later", { version: "6.1", library: "58. 29.100" });
  vi.advanceTimersByTime(29_000);
  expect(await media.findEngine?.()).toEqual(missing);
  vi.advanceTimersByTime(1_000);
  expect(await media.findEngine?.()).toEqual({ name: `ffmpeg 6.1 (${ffmpeg})`, lacks: [] });
});

test("one without its ffprobe is of no use", async () => {
  const ffmpeg = await makeProgram("alone", { version: "6.1", library: "58. 29.100" });
  await rm(join(ffmpeg, "../ffprobe"));
  expect(await createMedia({ ffmpeg }).findEngine?.()).toEqual({
    missing: `there is no ffprobe beside ${ffmpeg}`,
  });
});
