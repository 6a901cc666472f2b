import { pino } from "pino";
import { expect, it, onTestFinished, vi } from "vitest";
import { type ClipState, noStatements, notSeen, noWishes } from "../src/catalog/clip-state.js";
import { fileKey } from "../src/catalog/keys.js";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import { Deletion } from "../src/clips/deletion.js";
import { FolderStore } from "../src/index.js";
import type { FindAccountLimits } from "../src/limits/account-limits.js";
import { measureNothing } from "../src/metrics/measure.js";
import { Tidying } from "../src/upkeep/tidying.js";
import { JoinedUploads } from "../src/uploads/joined-uploads.js";
import { OpenUploads } from "../src/uploads/open-uploads.js";
import { Room } from "../src/uploads/room.js";
import { noAnnouncer } from "../src/webhooks/announcer.js";
import { Worker } from "../src/work/worker.js";
import { secret } from "./folder-store-secret.js";
import { makeFolder } from "./start-test-service.js";
import { withLimits } from "./with-limits.js";

const id = "a".repeat(24);
const hour = 60 * 60 * 1000;
const start = 1_700_000_000_000;

async function openTidying(findLimits?: FindAccountLimits) {
  let time = start;
  const now = () => time;
  const store = await FolderStore.open(await makeFolder(), secret, { now });
  const catalog = new StoreCatalog({ store, now, onDamage: ({ key }) => expect.fail(key) });
  const logger = pino({ level: "silent" });
  const audited: string[] = [];
  const audit = pino({}, { write: (line: string) => void audited.push(line) });
  const { quota, retention } = withLimits(store, now, findLimits);
  const worker = new Worker({
    ...{
      kind: "verification",
      list: catalog.verifications,
      logger,
      measure: measureNothing,
      clipsAtOnce: 2,
      placesForOthers: 0,
      crash: "crashed",
    },
    work: async () => null,
  });
  onTestFinished(() => worker.close());
  const tidying = new Tidying({
    ...{ store, catalog, worker, retention, logger, audit, now },
    open: new OpenUploads({ store, catalog, now, quota, room: new Room(store, async () => {}) }),
    joined: new JoinedUploads({ store, catalog, logger, now, retention }),
    deletion: new Deletion({
      store,
      catalog,
      measure: measureNothing,
      announcer: noAnnouncer,
      now,
    }),
  });
  const listWork = async () => (await store.listObjects("work/")).objects;
  const pass = (hours: number) => {
    time += hours * hour + 1;
  };
  const createClip = (changes: Partial<ClipState> = {}) =>
    catalog.create({
      ...{ id, account: "acc_a", asset: "videoclip", checksum: "0".repeat(32), status: "pending" },
      ...{ reason: null, version: "v", upload: null, size: 1, mime: "video/mp4", filename: null },
      createdOn: new Date(now()).toISOString(),
      ...{ ...notSeen, ...noStatements, ...noWishes },
      ...changes,
    });
  return { store, audited, catalog, tidying, listWork, pass, createClip };
}

it("the work on a pending clip is made again where it is lost, and only there", async () => {
  const { catalog, tidying, listWork, pass, createClip } = await openTidying();
  const added = await catalog.verifications.add({ id, account: "acc_a" }, true);
  await createClip({ createdOn: new Date(added.addedAt).toISOString() });
  pass(1);
  await tidying.restore(id);
  expect(await listWork()).toHaveLength(1);
  await catalog.verifications.finish(added);
  for (let hours = 0; hours < 3; hours += 1) {
    pass(1);
    await tidying.restore(id);
    const [lease, ...more] = await catalog.verifications.take(10);
    expect([lease?.id, more]).toEqual([id, []]);
    // It fails, and waits for its next attempt.
    if (lease) await catalog.verifications.giveBack(lease, 0);
  }
  expect(await listWork()).toHaveLength(1);
});

const twoDays = () => ({ retentionDays: 2 });

it("a clip that is older than its account's rule is deleted when it is looked at", async () => {
  const { catalog, tidying, pass, createClip } = await openTidying(twoDays);
  await createClip({ status: "available" });
  pass(47);
  await tidying.restore(id);
  expect((await catalog.read(id))?.state.status).toBe("available");
  pass(1);
  await tidying.restore(id);
  expect(await catalog.read(id)).toBeNull();
});

it("a clip whose files cannot be deleted yet was deleted once, says the audit log", async () => {
  const { store, audited, catalog, tidying, pass, createClip } = await openTidying(twoDays);
  await createClip({ status: "available" });
  pass(48);
  vi.spyOn(store, "deleteObjects").mockRejectedValueOnce(new Error("The store is away."));
  await expect(tidying.tidy(id)).rejects.toThrow("The store is away.");
  await tidying.tidy(id);
  expect(await catalog.read(id)).toBeNull();
  expect(audited.map((line) => JSON.parse(line))).toMatchObject([
    { account: "acc_a", clip: id, reason: "retention" },
  ]);
});

it("a clip is kept while it is being uploaded again, although its days are over", async () => {
  const { catalog, tidying, pass, createClip } = await openTidying(twoDays);
  const part = { version: "w", size: 1, chunkSize: 1, mime: "video/mp4", filename: null };
  const upload = { ...part, ...noWishes, uploadId: "u", usedOn: new Date(start).toISOString() };
  await createClip({ status: "failed", upload });
  pass(49);
  await tidying.restore(id);
  await tidying.tidy(id);
  expect((await catalog.read(id))?.state.upload?.uploadId).toBe("u");
});

it("a look reminds of a clip's end, which nothing else does where the rule is newer", async () => {
  const { catalog, tidying, pass, createClip } = await openTidying(twoDays);
  await createClip({ status: "available" });
  await tidying.restore(id);
  pass(48 + 24);
  const due: string[] = [];
  for await (const reminder of catalog.dueReminders()) due.push(reminder.id);
  expect(due).toEqual([id]);
});

it("a look completes a deletion, and ends an abandoned upload, that nothing reminds of", async () => {
  const { store, catalog, tidying, pass, createClip } = await openTidying();
  await createClip({ status: "deleted" });
  await store.putObject(fileKey(id, "v", "content"), "left");
  await tidying.restore(id);
  expect(await catalog.read(id)).toBeNull();
  expect((await store.listObjects(`clips/${id}/`)).objects).toEqual([]);

  const key = fileKey(id, "w", "content");
  const layout = { size: 1, partSize: 1, contentType: "video/mp4" };
  const uploadId = await store.createMultipartUpload(key, layout);
  const part = { version: "w", size: 1, chunkSize: 1, mime: "video/mp4", filename: null };
  const usedOn = new Date(start).toISOString();
  const upload = { ...part, ...noWishes, uploadId, usedOn };
  await createClip({ status: "uploading", version: null, createdOn: null, upload });
  await tidying.restore(id);
  expect((await store.listMultipartUploads("")).uploads).toHaveLength(1);
  pass(7 * 24);
  await tidying.restore(id);
  expect(await catalog.read(id)).toBeNull();
  expect((await store.listMultipartUploads("")).uploads).toEqual([]);
});
