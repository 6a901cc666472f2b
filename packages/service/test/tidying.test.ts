import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { noFacts } from "../src/catalog/clip-state.js";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import { Deletion } from "../src/clips/deletion.js";
import { Tidying } from "../src/clips/tidying.js";
import { Worker } from "../src/clips/worker.js";
import { FolderStore } from "../src/index.js";
import { JoinedUploads } from "../src/uploads/joined-uploads.js";
import { OpenUploads } from "../src/uploads/open-uploads.js";
import { Room } from "../src/uploads/room.js";
import { secret } from "./folder-store-secret.js";
import { makeFolder } from "./start-test-service.js";

const id = "a".repeat(24);
const hour = 60 * 60 * 1000;

async function openTidying() {
  let time = 1_700_000_000_000;
  const now = () => time;
  const store = await FolderStore.open(await makeFolder(), secret, { now });
  const catalog = new StoreCatalog({ store, now, onDamage: ({ key }) => expect.fail(key) });
  const logger = pino({ level: "silent" });
  const worker = new Worker({ catalog, logger, work: async () => null });
  onTestFinished(() => worker.close());
  const tidying = new Tidying({
    ...{ store, catalog, worker, now },
    open: new OpenUploads({ store, catalog, now, room: new Room(store, async () => {}) }),
    joined: new JoinedUploads({ store, catalog, logger, now }),
    deletion: new Deletion({ store, catalog, now }),
  });
  const passHour = () => {
    time += hour + 1;
  };
  const listWork = async () => (await store.listObjects("work/")).objects;
  return { catalog, tidying, now, listWork, passHour };
}

it("a clip that stays pending for long is given work once, not each hour", async () => {
  const { catalog, tidying, now, listWork, passHour } = await openTidying();
  await catalog.create({
    ...{ id, account: "acc_a", asset: "videoclip", checksum: "0".repeat(32), status: "pending" },
    ...{ reason: null, version: "v", upload: null, size: 1, mime: "video/mp4", filename: null },
    createdOn: new Date(now()).toISOString(),
    ...{ facts: noFacts, hasThumbnail: false, hasPreview: false },
  });
  await tidying.restore(id);
  expect(await listWork()).toEqual([]);
  for (let hours = 0; hours < 3; hours += 1) {
    passHour();
    await tidying.restore(id);
    const [lease, ...more] = await catalog.takeWork(10);
    expect([lease?.id, more]).toEqual([id, []]);
    // It fails, and waits for its next attempt.
    if (lease) await catalog.giveBack(lease, 0);
  }
  expect(await listWork()).toHaveLength(1);
});
