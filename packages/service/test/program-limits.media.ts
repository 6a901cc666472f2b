import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { createMedia, type MediaSource } from "../dist/index.js";
import { debian, ffmpeg, installFfmpeg } from "./engine-videos.ts";
import { anyone, inspectReady, unhurried } from "./inspect-pictures.js";

const byProgram = { ...unhurried, ffmpeg: debian.ffmpeg };
const signature = "X-Amz-Signature=0123abc";
const mebibyte = 2 ** 20;

let folder: string;
let video: string;
/** The same as a stream that playlists refer to. */
let stream: string;

beforeAll(async () => {
  installFfmpeg();
  folder = await mkdtemp(join(tmpdir(), "clipcourier-programs-"));
  video = join(folder, "video.mp4");
  const source = "testsrc2=size=640x360:rate=25:duration=3,noise=alls=40:allf=t";
  await ffmpeg(["-f", "lavfi", "-i", source, "-c:v", "libx264", "-pix_fmt", "yuv420p", video]);
  stream = join(folder, "stream.ts");
  await ffmpeg(["-i", video, "-c", "copy", stream]);
});

afterEach(() => void vi.useRealTimers());

afterAll(() => rm(folder, { recursive: true, force: true }));

interface ProcessFacts {
  pid: number;
  parent: number;
  command: string;
  environment: string;
}

/** The programs of FFmpeg that descend from a process. */
function listPrograms(ancestor = process.pid): ProcessFacts[] {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? readProcess(name) : []));
  const isBelow = (pid: number): boolean => {
    const parent = all.find((each) => each.pid === pid)?.parent;
    return parent !== undefined && (parent === ancestor || isBelow(parent));
  };
  return all.filter(({ pid, command }) => command.startsWith("/usr/bin/ff") && isBelow(pid));
}

function readProcess(name: string): ProcessFacts[] {
  try {
    const read = (file: string): string => readFileSync(`/proc/${name}/${file}`, "utf8");
    const stat = read("stat");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    const [command, environment] = [read("cmdline"), read("environ")];
    return [{ pid: Number(name), parent, command, environment }];
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

function isRunning({ pid }: ProcessFacts): boolean {
  // A process that has ended and was not waited for yet has no command line.
  return readProcess(String(pid)).some(({ command }) => command !== "");
}

/** A store that answers the first requests, and others with `refusal`, or not at all. */
async function serve(answered: number, refusal?: number) {
  const content = await readFile(video);
  // The index of what is behind the first block is in it.
  const size = 64 * mebibyte;
  const stuck = Promise.withResolvers<void>();
  let count = 0;
  const server = createServer((request, response) => {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    count += 1;
    if (count > answered && refusal !== undefined) return void response.writeHead(refusal).end();
    if (count > answered) return stuck.resolve();
    const part = Buffer.alloc(Number(end) + 1 - Number(start));
    content.copy(part, 0, Number(start));
    response.writeHead(206).end(part);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/video?${signature}`;
  return { source: { url, size }, stuck: stuck.promise };
}

describe("a program that waits for bytes that do not come", () => {
  test("neither its arguments nor its environment hold the URL, and nobody else gets the bytes", async () => {
    const { source, stuck } = await serve(1);
    const media = createMedia(byProgram);
    const work = media.inspect(source, anyone);
    await stuck;
    const [program, ...others] = listPrograms();
    expect(others).toEqual([]);
    expect(program?.command).toContain("http://video/");
    const proxy = /http_proxy=([^\0]+)/.exec(program?.environment ?? "")?.[1] ?? "";
    for (const text of [program?.command, program?.environment]) {
      expect(text).not.toContain("X-Amz-Signature");
      expect(text).not.toContain("0123abc");
    }
    const { hostname, port, password } = new URL(proxy);
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(program?.command).not.toContain(password);
    const [answer] = (await once(get({ hostname, port, path: "http://video/" }), "response")) as [
      IncomingMessage,
    ];
    expect(answer.resume().statusCode).toBe(407);
    await media.close();
    expect(await work).toEqual({ outcome: "unavailable", reason: "the work was stopped" });
  });

  test("the time limit ends it", async () => {
    const media = createMedia({ ...byProgram, timeLimit: 60_000 });
    await media.findEngine?.();
    const { source, stuck } = await serve(1);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const work = media.inspect(source, anyone);
    await stuck;
    const programs = listPrograms();
    expect(programs).toHaveLength(1);
    vi.advanceTimersByTime(60_000);
    expect(await work).toEqual({
      outcome: "unavailable",
      reason: "reading it took longer than 60 s",
    });
    vi.useRealTimers();
    await expect.poll(() => programs.filter(isRunning)).toEqual([]);
  });

  test("it ends with the child process, whatever has ended that", async () => {
    const { source, stuck } = await serve(1);
    const work = createMedia(byProgram).inspect(source, anyone);
    await stuck;
    const programs = listPrograms();
    expect(programs).toHaveLength(1);
    process.kill(programs[0]?.parent ?? 0, "SIGKILL");
    expect(await work).toEqual({
      outcome: "unavailable",
      reason: expect.stringContaining("ended unexpectedly"),
    });
    await expect.poll(() => programs.filter(isRunning)).toEqual([]);
  });

  test("it ends with the service, also when that is killed", async () => {
    const { source, stuck } = await serve(1);
    const service = startInspecting(source);
    await stuck;
    const programs = listPrograms(service.pid);
    expect(programs).toHaveLength(1);
    service.kill("SIGKILL");
    await expect.poll(() => programs.filter(isRunning)).toEqual([]);
  });
});

/** A process that does nothing but inspect a video. */
function startInspecting(source: MediaSource): ChildProcess {
  const index = new URL("../dist/index.js", import.meta.url).href;
  const code = `
    import { createMedia } from ${JSON.stringify(index)};
    const media = createMedia(${JSON.stringify(byProgram)});
    await media.inspect(${JSON.stringify(source)}, ${JSON.stringify(anyone)});
  `;
  return spawn(process.execPath, ["--input-type=module", "--eval", code], { stdio: "ignore" });
}

test("a video is read from a URL with all its pictures", async () => {
  const content = await readFile(video);
  const server = createServer((request, response) => {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    response.writeHead(206).end(content.subarray(Number(start), Number(end) + 1));
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const source = { url: `http://127.0.0.1:${port}/?${signature}`, size: content.length };
  const media = createMedia(byProgram);
  const [local, remote] = [await media.inspect(video, anyone), await media.inspect(source, anyone)];
  expect(remote).toEqual(local);
  expect(remote.outcome === "ready" && remote.pictures.thumbnail).toBeTruthy();
});

test("a URL that cannot be read, or not to its end, gives the reason without the URL", async () => {
  const media = createMedia(byProgram);
  const gone = { url: `http://127.0.0.1:9/video?${signature}`, size: 100_000 };
  expect(await media.inspect(gone, anyone)).toEqual({
    outcome: "unavailable",
    reason: expect.stringMatching(/^the store could not be reached[^:]*$/),
  });
  const { source } = await serve(1, 403);
  expect(await media.inspect(source, anyone)).toEqual({
    outcome: "unavailable",
    reason: "the store answered 403 when the video was read",
  });
});

test("what the programs hold counts against the memory limit", async () => {
  const large = join(folder, "large.mp4");
  // A decoder holds six frames of 34 MiB and more, and for a key frame alone no other.
  const source = "color=gray:size=5600x4200:rate=10:duration=2";
  const fast = ["-preset", "ultrafast", "-threads", "1", "-pix_fmt", "yuv420p"];
  const frames = ["-refs", "6", "-bf", "3"];
  await ffmpeg(["-f", "lavfi", "-i", source, "-c:v", "libx264", ...fast, ...frames, large]);
  const media = createMedia({ ...byProgram, memoryLimit: 400 * mebibyte });
  const result = await inspectReady(media, large);
  expect(result.facts).toMatchObject({ width: 5600, height: 4200, codec: "h264" });
  expect(result.pictures.thumbnail).not.toBeNull();
  expect(result.notes.join()).toContain("more than 400 MiB of memory");
  await expect.poll(() => listPrograms()).toEqual([]);
});

describe("a hostile file", () => {
  /** What refers to a video beside it, and how FFmpeg is told to follow: as anybody would call it. */
  const hostile: Record<string, { content: () => string; args: string[] }> = {
    "playlist.m3u8": {
      content: () =>
        `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile:${stream}\n#EXT-X-ENDLIST\n`,
      args: ["-allowed_extensions", "ALL"],
    },
    "list.txt": { content: () => `ffconcat version 1.0\nfile '${video}'\n`, args: ["-safe", "0"] },
    "manifest.sdp": {
      content: () =>
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
      args: [],
    },
  };

  test.each(Object.keys(hostile))(
    "%s is refused, and nothing that it names is read",
    async (name) => {
      const { content, args } = hostile[name] ?? { content: () => "", args: [] };
      const file = join(folder, name.replace(/\.\w+$/, ".mp4"));
      await writeFile(file, content());
      if (name !== "manifest.sdp") {
        // Without the guards it would be.
        await ffmpeg([...args, "-i", file, "-frames:v", "1", "-f", "null", "-"]);
      }
      const results = await Promise.all([
        createMedia(byProgram).inspect(file, anyone),
        createMedia(unhurried).inspect(file, anyone),
      ]);
      expect(results.map(({ outcome }) => outcome)).toEqual(["not-media", "not-media"]);
    },
  );
});
