import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { makeVideo } from "../../../test/fixtures/make-video.ts";
import { createMedia, type Media, type MediaOptions } from "../dist/index.js";
import { anyone, unhurried } from "./inspect-pictures.js";

let folder: string;
let video: string;
const children: ChildProcess[] = [];
const noteChild = (message: unknown): void => {
  if (isChildMessage(message)) children.push(message.process);
};

function isChildMessage(message: unknown): message is { process: ChildProcess } {
  return typeof message === "object" && message !== null && "process" in message;
}

/** The child process that is started next, at the moment at which it runs. */
function awaitChild(): Promise<ChildProcess> {
  return new Promise((resolve) => {
    const note = (message: unknown): void => {
      if (!isChildMessage(message)) return;
      unsubscribe("child_process", note);
      message.process.once("spawn", () => resolve(message.process));
    };
    subscribe("child_process", note);
  });
}

/** FFmpeg is looked for, so that the processes that start from here on are those for files. */
async function createReady(options: MediaOptions): Promise<Media> {
  const media = createMedia(options);
  await media.findEngine?.();
  children.length = 0;
  return media;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipcourier-media-"));
  video = join(folder, "video.mp4");
  await makeVideo({
    path: video,
    container: "mp4",
    seconds: 2,
    width: 640,
    height: 360,
    rate: 30,
  });
});

beforeEach(() => {
  children.length = 0;
  subscribe("child_process", noteChild);
});

afterEach(() => {
  unsubscribe("child_process", noteChild);
  vi.unstubAllEnvs();
  for (const child of children) expect(child.signalCode ?? child.exitCode).not.toBeNull();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("a child process for each file", () => {
  test("the time limit ends it", async () => {
    // Sooner than any process starts.
    const media = await createReady({ timeLimit: 1 });
    expect(await media.inspect(video, anyone)).toEqual({
      outcome: "unavailable",
      reason: "reading it took longer than 0.001 s",
    });
  });

  test("its crash is reported, and the next file is read", async () => {
    const media = await createReady(unhurried);
    const child = awaitChild();
    const crashed = media.inspect(video, anyone);
    (await child).kill("SIGSEGV");
    expect(await crashed).toEqual({
      outcome: "unavailable",
      reason: expect.stringMatching(/^the process that read it ended unexpectedly \(.+\)$/),
    });
    expect((await media.inspect(video, anyone)).outcome).toBe("ready");
  });

  test("what it has found out before its end is kept, and the rest is made in a cheaper way", async () => {
    const media = await createReady(unhurried);
    const child = awaitChild();
    const work = media.inspect(video, anyone);
    const first = await child;
    first.on("message", (message: { kind: string }) => {
      if (message.kind === "pictures") first.kill("SIGKILL");
    });
    const result = await work;
    expect(children).toHaveLength(2);
    expect(result).toMatchObject({
      outcome: "ready",
      facts: { duration: 2, width: 640, height: 360, codec: "h264" },
      playback: { kind: "as-is" },
      pictures: { thumbnail: expect.anything(), gif: expect.anything() },
      notes: [
        expect.stringMatching(
          /from key frames alone, because the process that read it ended unexpectedly \(SIGKILL\)\.$/,
        ),
      ],
    });
  });

  test("the facts stay when no process can make the pictures", async () => {
    // Its pictures take so long that none is done before its process is ended.
    const long = join(folder, "long.mp4");
    const size = { width: 1280, height: 720 };
    await makeVideo({ path: long, container: "mp4", seconds: 15, rate: 30, ...size });
    const media = await createReady(unhurried);
    const endOnFacts = (message: unknown): void => {
      if (!isChildMessage(message)) return;
      const { process } = message;
      process.on("message", ({ kind }: { kind: string }) => {
        if (kind === "facts") process.kill("SIGKILL");
      });
    };
    subscribe("child_process", endOnFacts);
    const result = await media.inspect(long, anyone);
    unsubscribe("child_process", endOnFacts);
    expect(children).toHaveLength(2);
    expect(result).toMatchObject({ outcome: "ready", facts: { duration: 15, width: 1280 } });
    // Pictures may have been on their way already.
    const { notes, pictures } = result.outcome === "ready" ? result : { notes: [], pictures: null };
    expect(pictures?.webp).toBeNull();
    expect(notes.join()).toMatch(/no .*small preview.*: the process that read it ended/i);
  });

  test("a comparison whose process crashes is not made now, which is no verdict", async () => {
    const media = await createReady(unhurried);
    const other = join(folder, "other.mp4");
    const picture = { width: 320, height: 180, rate: 30 };
    await makeVideo({ path: other, container: "mp4", seconds: 1, ...picture });
    const child = awaitChild();
    const crashed = media.compare?.(video, other, anyone);
    (await child).kill("SIGKILL");
    expect(await crashed).toEqual({
      outcome: "unavailable",
      reason: "The process that compared the two ended unexpectedly (SIGKILL).",
    });
    const hurried = await createReady({ comparisonTimeLimit: 1 });
    expect(await hurried.compare?.(video, other, anyone)).toMatchObject({
      ...{ outcome: "ready", isOverLimit: true },
      diff: { verdict: "cannot-tell", reason: "comparing the two took longer than 0.001 s" },
    });
  });

  test("it does not get the service's environment", async () => {
    vi.stubEnv("NODE_OPTIONS", "--require=./a-secret-that-is-not-there.cjs");
    expect((await createMedia(unhurried).inspect(video, anyone)).outcome).toBe("ready");
  });

  test("a file that cannot be read says why", async () => {
    expect(await createMedia().inspect(join(folder, "missing.mp4"), anyone)).toEqual({
      outcome: "unavailable",
      reason: expect.stringContaining("ENOENT"),
    });
  });

  test("an abort ends it; after an abort none is started", async () => {
    const media = await createReady(unhurried);
    const controller = new AbortController();
    const child = awaitChild();
    const work = media.inspect(video, anyone, controller.signal);
    await child;
    controller.abort();
    const stopped = { outcome: "unavailable", reason: "the work was stopped" };
    expect(await work).toEqual(stopped);
    expect(await media.inspect(video, anyone, controller.signal)).toEqual(stopped);
    expect(children).toHaveLength(1);
  });

  test("closing ends the processes that run and the calls that wait", async () => {
    const media = await createReady({ ...unhurried, concurrency: 1 });
    const child = awaitChild();
    const works = [
      media.inspect(video, anyone),
      media.inspect(video, anyone),
      media.inspect(video, anyone),
    ];
    await child;
    await media.close();
    const stopped = { outcome: "unavailable", reason: "the work was stopped" };
    expect(await Promise.all(works)).toEqual([stopped, stopped, stopped]);
    expect(await media.inspect(video, anyone)).toEqual(stopped);
    expect(children).toHaveLength(1);
  });

  test("no more run at once than the limit allows", async () => {
    const media = await createReady({ ...unhurried, concurrency: 2 });
    let most = 0;
    const count = (): void => {
      const alive = children.filter((child) => child.exitCode === null && !child.signalCode);
      most = Math.max(most, alive.length);
    };
    subscribe("child_process", count);
    const works = Array.from({ length: 5 }, () => media.inspect(video, anyone));
    expect((await Promise.all(works)).map(({ outcome }) => outcome)).toEqual(
      Array(5).fill("ready"),
    );
    unsubscribe("child_process", count);
    expect(children).toHaveLength(5);
    expect(most).toBe(2);
  });
});

describe("without a working node-av", () => {
  async function createElsewhere(name: string) {
    const elsewhere = join(folder, name);
    await cp(fileURLToPath(new URL("../dist/media", import.meta.url)), join(elsewhere, "media"), {
      recursive: true,
    });
    await writeFile(join(elsewhere, "package.json"), '{ "type": "module" }');
    return { elsewhere, url: pathToFileURL(join(elsewhere, "media", "media.js")).href };
  }

  beforeEach(() => {
    // Else the service would take the ffmpeg of this machine.
    vi.stubEnv("PATH", "");
  });

  async function load(url: string): Promise<typeof import("../dist/media/media.js")> {
    return await import(url);
  }

  test("not installed: the answer says how to get it, and no process is started", async () => {
    const { url } = await createElsewhere("absent");
    expect(await (await load(url)).createMedia().inspect(video, anyone)).toEqual({
      outcome: "unavailable",
      reason: "this service has no FFmpeg",
      detail: expect.stringContaining("npm install node-av"),
    });
    expect(children).toHaveLength(0);
  });

  test("installed without its binary: that is found out only once", async () => {
    const { elsewhere, url } = await createElsewhere("broken");
    const broken = join(elsewhere, "node_modules", "node-av");
    await mkdir(broken, { recursive: true });
    await writeFile(
      join(broken, "package.json"),
      '{ "name": "node-av", "type": "module", "exports": { "./*": "./broken.js" } }',
    );
    await writeFile(join(broken, "broken.js"), 'throw new Error("no binary for this platform");');
    const media = (await load(url)).createMedia();
    for (let round = 0; round < 2; round += 1) {
      expect(await media.inspect(video, anyone)).toEqual({
        outcome: "unavailable",
        reason: "this service has no FFmpeg",
        detail: expect.stringMatching(/does not work here \(.+\), .* run `npm install node-av`/),
      });
    }
    expect(children).toHaveLength(1);
  });
});
