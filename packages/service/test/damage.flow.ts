import { cp, mkdir, mkdtemp, readdir, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Media } from "../src/index.js";
import { endlessMedia } from "./fake-media.js";
import {
  copyKeptFolder,
  facts,
  type KeptClip,
  readContent,
  readMd5,
  signInApp,
} from "./kept-folder.js";
import { makeFolder, startTestService, type TestService } from "./start-test-service.js";
import { first, makeContent, type UploadClient } from "./upload-client.js";

const { apps, clips } = facts;

/** What a power cut or a person can do to a file. */
const damages = {
  empty: (file: string) => truncate(file, 0),
  "cut in half": async (file: string) => truncate(file, Math.floor((await stat(file)).size / 2)),
  missing: (file: string) => rm(file),
};
type Damage = keyof typeof damages;
const everyDamage = Object.keys(damages) as Damage[];

describe.each(everyDamage)("a service whose folder has a file that is %s", (damage) => {
  it("of a clip's state shows the others, and takes the clip again", async () => {
    const folder = await prepare();
    await spoil(damage, folder, "clips", clips.first.id, "state.json~");
    const { service, client } = await start(folder);
    const listed = await client.call("me/videoclips?count=50");
    expect(listed.status).toBe(200);
    expect(listed.body.data.map(({ id }) => id)).toEqual(
      facts.listed.filter((id) => id !== clips.first.id),
    );
    expect((await client.call(`me/videoclips/${clips.first.id}`)).status).toBe(404);
    if (damage !== "missing") {
      const aside = await listFiles(path.join(folder, "objects", "damaged"));
      expect(aside.join()).toContain(`clips/${clips.first.id}/state.json`);
      expect(service.log.join("")).toContain(`"key":"clips/${clips.first.id}/state.json"`);
    }
    await expectOthers(client);
    await expectUploadedAgain(client);
  });

  it("of a clip's content finds that at the next plan, and takes it again", async () => {
    const folder = await prepare();
    await spoil(damage, folder, "clips", clips.first.id, "taken-over", "content");
    const { client } = await start(folder);
    await expectOthers(client);
    expect((await client.call(`me/videoclips/${clips.first.id}`)).status).toBe(200);
    await expectUploadedAgain(client);
  });

  it.each(["thumbnail.jpg", "preview.gif"])("of a clip's %s shows the clip", async (name) => {
    const folder = await prepare();
    await spoil(damage, folder, "clips", clips.first.id, "taken-over", name);
    const { client } = await start(folder);
    await expectOthers(client);
    const clip = first(await client.call(`me/videoclips/${clips.first.id}`));
    expect(await readMd5(clip)).toBe(clips.first.checksum);
    const picture = await fetch(`${clip.url}/${name}`);
    expect(picture.status).toBe(damage === "missing" ? 404 : 200);
  });

  it("of the work on a clip verifies the clip", async () => {
    const folder = await preparePending();
    await spoil(damage, folder, "work");
    const hour = 60 * 60 * 1000;
    if (damage === "missing") turnClock(2 * hour);
    const { service, client } = await start(folder);
    if (damage === "missing") await vi.advanceTimersByTimeAsync(hour);
    const status = async () => first(await client.call(`me/videoclips/${clips.pending.id}`)).status;
    await expect.poll(status).toBe("available");
    await service.settled();
    await expectOthers(client);
  });

  it("of an app refuses that app, with the file's name in the log, and no other", async () => {
    const folder = await prepare();
    await spoil(damage, folder, "apps", `${apps.two.appId}.json~`);
    const { service, client } = await start(folder);
    await expectOthers(client);
    const body = new URLSearchParams({ app_secret: apps.two.appSecret });
    const headers = { "X-PV-Meta-App": apps.two.appId };
    const answer = await fetch(`${service.rootUrl}login/app/`, { method: "POST", headers, body });
    if (damage === "missing") expect(answer.status).toBe(401);
    else expect(service.log.join("")).toContain(`apps/${apps.two.appId}.json is damaged`);
    expect(answer.ok).toBe(false);
  });

  it.each(["upload.json", "parts", "content"])(
    "of an upload's %s begins it again",
    async (name) => {
      const content = makeContent(3000);
      const folder = await prepare(async (client) => {
        const plan = first(await client.plan(content));
        await client.sendParts(plan, content);
      });
      const [uploadId = ""] = await readdir(path.join(folder, "uploads"));
      await damages[damage](path.join(folder, "uploads", uploadId, name));
      const { client } = await start(folder);
      await expectOthers(client);
      expect((await client.uploadAndSettle(content)).status).toBe("available");
    },
  );

  it("of a reminder changes nothing", async () => {
    const content = makeContent(3100);
    const folder = await prepare(async (client) => void (await client.plan(content)));
    await spoil(damage, folder, "expire");
    const { client } = await start(folder);
    await expectOthers(client);
    expect((await client.uploadAndSettle(content)).status).toBe("available");
  });
});

it("a list's entry that is lost comes back with the hourly sweep", async () => {
  const folder = await prepare();
  const index = path.join(folder, "objects", "index", apps.one.account);
  const entries = await listFiles(index);
  const entry = entries.find((file) => file.endsWith(clips.first.id)) ?? "";
  await rm(path.join(index, entry));
  turnClock(0);
  const { client } = await start(folder);
  const list = async () =>
    (await client.call("me/videoclips?count=50")).body.data.map(({ id }) => id);
  expect(await list()).not.toContain(clips.first.id);
  await vi.advanceTimersByTimeAsync(60 * 60 * 1000);
  await expect.poll(list).toEqual(facts.listed);
});

// To take the kept folder over takes a moment: the tests of this file copy what came of it.
let takenOver: Promise<string> | undefined;

afterAll(async () => {
  if (takenOver) await rm(await takenOver, { recursive: true });
});

async function takeOver(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "clipcourier-test-"));
  await cp(await copyKeptFolder(), folder, { recursive: true });
  const { service } = await start(folder);
  await service.settled();
  await service.close();
  return folder;
}

/** A folder with clips, after its service was closed. */
async function prepare(work?: (client: UploadClient) => Promise<void>): Promise<string> {
  takenOver ??= takeOver();
  const folder = await makeFolder();
  await cp(await takenOver, folder, { recursive: true });
  if (work) await workOn(folder, null, work);
  return folder;
}

/** The same, with a clip that is pending because its work lasts. */
async function preparePending(): Promise<string> {
  const folder = await copyKeptFolder();
  await workOn(folder, endlessMedia, async () => {});
  return folder;
}

async function workOn(
  folder: string,
  media: Media | null,
  work: (client: UploadClient) => Promise<void>,
): Promise<void> {
  const { service, client } = await start(folder, media);
  await work(client);
  await service.close();
}

async function start(folder: string, media: Media | null = null) {
  const service: TestService = await startTestService({ folder, media });
  return { service, client: await signInApp(service, apps.one) };
}

/** Lets so many milliseconds pass at once; what is done in intervals waits for the test. */
function turnClock(time: number): void {
  const toFake = ["Date", "setInterval", "clearInterval"] as const;
  vi.useFakeTimers({ toFake: [...toFake], now: Date.now() + time });
  onTestFinished(() => void vi.useRealTimers());
}

/** Damages every object below a prefix. */
async function spoil(damage: Damage, folder: string, ...names: string[]): Promise<void> {
  const place = path.join(folder, "objects", ...names);
  const isFile = (await stat(place)).isFile();
  const files = isFile ? [place] : (await listFiles(place)).map((file) => path.join(place, file));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) await damages[damage](file);
}

async function listFiles(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

/** Other clips are listed, played, uploaded and deleted. */
async function expectOthers(client: UploadClient): Promise<void> {
  const listed = await client.call("me/videoclips?count=50");
  expect(listed.body.data.map(({ id }) => id)).toContain(clips.second.id);
  await expectPlayable(client, clips.second);
  const added = await client.uploadAndSettle(makeContent(4321));
  expect(added.status).toBe("available");
  const { status } = await client.call(`me/videoclips/${added.id}`, { method: "DELETE" });
  expect(status).toBe(200);
}

/** The damaged clip is uploaded with the same content, and is available then at its address. */
async function expectUploadedAgain(client: UploadClient): Promise<void> {
  const content = await readContent(clips.first);
  expect((await client.plan(content)).body._upload).toBe(true);
  const again = await client.uploadAndSettle(content);
  expect(again).toMatchObject({ id: clips.first.id, status: "available" });
  await expectPlayable(client, clips.first);
  const listed = await client.call("me/videoclips?count=50");
  const same = listed.body.data.filter(({ id }) => id === clips.first.id);
  expect(same).toHaveLength(1);
}

async function expectPlayable(client: UploadClient, { id, checksum }: KeptClip): Promise<void> {
  expect(await readMd5(first(await client.call(`me/videoclips/${id}`)))).toBe(checksum);
}
