import { createHash } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { type Fault, forward, relay } from "../faults/exchange.ts";
import { download, mebibyte, partSize } from "../spoiled-service.ts";
import { useExtensionHost } from "./extension-host.ts";
import { type FrontedService, startFrontedService } from "./fronted-service.ts";
import { addFile, type VideoFile } from "./workspace.ts";

const host = useExtensionHost();

/** Adds a video to the open folder, and returns its URI. */
async function addVideo(name: string, video: VideoFile = {}): Promise<string> {
  return pathToFileURL(await addFile(host.folder, name, video)).href;
}

async function listClips({ connect }: FrontedService) {
  return (await connect().listClips()).clips;
}

function hash(bytes: Buffer): string {
  return createHash("md5").update(bytes).digest("hex");
}

/** Begins an upload of five parts: two are stored, and the others wait for an answer. */
async function beginUpload({ front, storedParts }: FrontedService, uri: string) {
  const opened = Promise.withResolvers<void>();
  const fault: Fault = {
    name: "wait",
    async apply(exchange) {
      await opened.promise;
      await relay(exchange, await forward(exchange));
    },
  };
  front.script([3, 4, 5].map((part) => ({ when: { method: "PUT", part }, times: 9, fault })));
  const report = host.call("upload", [uri], { showSummary: false });
  await expect.poll(() => storedParts()).toEqual([1, 2]);
  return { report, letGo: () => opened.resolve() };
}

test("it is installed from its package, and all its commands are there by themselves", async () => {
  const isActive = async () => (await host.call("describeExtension")).isActive;
  await expect.poll(isActive).toBe(true);
  const { extensionPath, commands, missingCommands } = await host.call("describeExtension");
  expect(basename(extensionPath)).toMatch(/^clipcourier\.clipcourier-vscode-\d+\.\d+\.\d+/);
  expect(commands.length).toBeGreaterThan(10);
  expect(missingCommands).toEqual([]);
});

test("its API is one function", async () => {
  expect(await host.call("readApiKeys")).toEqual({ upload: "function" });
});

test("an upload is refused where nobody connects to a service", async () => {
  const refused = host.call("upload", [await addVideo("nowhere.mp4")]).then(
    () => "uploaded",
    (error: Error) => error.message,
  );
  await host.workbench.quickInput.waitFor("Where should clips go?");
  await host.workbench.quickInput.close();
  expect(await refused).toContain("No service was connected to.");
});

test("the HTTP stack is loaded with the first request", async () => {
  expect(await host.call("listLoadedFiles")).toEqual(["dist/extension.cjs"]);
  await host.connect(await startFrontedService());
  expect(await host.call("listLoadedFiles")).toEqual(["dist/extension.cjs", "dist/undici.cjs"]);
});

test("an upload reports its clip", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  const uri = await addVideo("api.mp4", { mebibytes: 6 });
  const report = await host.call("upload", [uri]);
  const [made] = report.clips;
  const [stored] = await listClips(service);
  expect(report).toMatchObject({ failures: [], leftOut: [], cancelled: false });
  expect(report.clips).toHaveLength(1);
  expect(made).toMatchObject({ uri, outcome: "uploaded", bytesReused: 0 });
  expect(made?.clip).toMatchObject({ id: stored?.id, url: stored?.url, filename: "api.mp4" });
  expect(made?.clip.markdown).toBe(`[api.mp4](${stored?.url})`);
  expect(made?.bytesSent).toBe(made?.size);
  expect(service.partBytes()).toBe(made?.size);
  expect(hash(await download(stored?.videoUrl))).toBe(made?.checksum);
});

test("known content needs no byte", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  const uri = await addVideo("known.mp4");
  const [first] = (await host.call("upload", [uri])).clips;
  service.front.clearLog();
  const { clips } = await host.call("upload", [uri]);
  expect(clips).toMatchObject([{ outcome: "known", bytesSent: 0, clip: { id: first?.clip.id } }]);
  expect(service.front.log.filter(({ method }) => method === "PUT")).toEqual([]);
});

test("what is no video is left out, and an empty one fails alone", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  const good = [await addVideo("good-1.mp4"), await addVideo("good-2.MOV")];
  const text = pathToFileURL(await addFile(host.folder, "notes.txt", "no video")).href;
  const empty = pathToFileURL(await addFile(host.folder, "empty.webm", "")).href;
  const missing = pathToFileURL(join(host.folder, "missing.mp4")).href;
  const report = await host.call("upload", [text, ...good, empty, missing]);
  expect(report.clips.map(({ uri }) => uri).sort()).toEqual(good);
  expect(report.leftOut).toEqual([text]);
  expect(report.cancelled).toBe(false);
  expect(new Map(report.failures.map(({ uri, code }) => [uri, code]))).toEqual(
    new Map([
      [empty, "source_empty"],
      [missing, "source_unreadable"],
    ]),
  );
  expect(await listClips(service)).toHaveLength(2);
});

test("files of which none is a video need no service", async () => {
  const text = pathToFileURL(await addFile(host.folder, "alone.txt", "no video")).href;
  const nothing = { clips: [], failures: [], cancelled: false };
  expect(await host.call("upload", [text], { showSummary: false })).toEqual({
    ...nothing,
    leftOut: [text],
  });
});

test("a token stops an upload at once, and the next one sends only the rest", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  const uri = await addVideo("stopped.mp4", { mebibytes: 24 });
  const { report } = await beginUpload(service, uri);
  await host.call("cancelUploads");
  expect(await report).toEqual({ clips: [], failures: [], leftOut: [], cancelled: true });
  expect(await listClips(service)).toEqual([]);

  service.front.script([]);
  service.front.clearLog();
  const { clips } = await host.call("upload", [uri]);
  expect(clips).toMatchObject([{ outcome: "uploaded", bytesReused: 2 * partSize }]);
  expect(service.storedParts()).toEqual([3, 4, 5]);
  expect(service.partBytes()).toBe(clips[0]?.bytesSent);
});

test("a video that is edited while it is sent is no clip, and the error says so", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  const path = await addFile(host.folder, "edited.mp4", { mebibytes: 24 });
  const { report, letGo } = await beginUpload(service, pathToFileURL(path).href);
  await appendFile(path, "one more scene");
  letGo();
  const { clips, failures } = await report;
  expect(clips).toEqual([]);
  expect(failures).toMatchObject([{ code: "source_changed" }]);
  expect(failures[0]?.message).toContain("it changed while it was uploaded");
  expect(await listClips(service)).toEqual([]);
});

test("videos of a workspace that is no disk are read through the editor", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  const first = await host.call("addMemoryFile", "a/same.mp4", 6 * mebibyte);
  const second = await host.call("addMemoryFile", "b/same.mp4", 3 * mebibyte);
  const { clips } = await host.call("upload", [first.uri, second.uri]);
  const checksums = new Map(clips.map(({ uri, checksum }) => [uri, checksum]));
  expect(checksums).toEqual(new Map([first, second].map(({ uri, md5 }) => [uri, md5])));
  const stored = await listClips(service);
  const contents = await Promise.all(stored.map(({ videoUrl }) => download(videoUrl)));
  expect(contents.map(hash).sort()).toEqual([first.md5, second.md5].sort());
  expect(await host.call("countMemoryReads")).toBe(2);
});

test("one that is too large for that is not read, and the error names the setting", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  const { uri } = await host.call("addMemoryFile", "large.mp4", 1, 300 * mebibyte);
  const { clips, failures } = await host.call("upload", [uri], { showSummary: false });
  expect(clips).toEqual([]);
  expect(failures).toEqual([
    {
      uri,
      code: "refused",
      message:
        "it is 300.0 MiB, and files of memfs: workspaces are read into memory, up to 256.0 MiB. " +
        "Copy it to a disk, or raise clipcourier.maxVirtualFileMebibytes.",
    },
  ]);
  expect(await host.call("countMemoryReads")).toBe(0);
});
