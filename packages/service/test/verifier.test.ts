import { createHash } from "node:crypto";
import { pino } from "pino";
import { expect, it } from "vitest";
import { noStatements, notSeen, noWishes } from "../src/catalog/clip-state.js";
import { fileKey } from "../src/catalog/keys.js";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import { Verifier } from "../src/clips/verifier.js";
import { FolderStore } from "../src/index.js";
import type { Media, MediaResult } from "../src/media/types.js";
import { measureNothing } from "../src/metrics/measure.js";
import { noAnnouncer } from "../src/webhooks/announcer.js";
import { readyResult } from "./fake-media.js";
import { secret } from "./folder-store-secret.js";
import { makeFolder } from "./start-test-service.js";

const id = "a".repeat(24);
const content = "the bytes of a video";

/** Media work that the test ends, call by call. */
function steppedMedia() {
  const calls: ((result: MediaResult) => void)[] = [];
  const inspect = () => new Promise<MediaResult>((resolve) => calls.push(resolve));
  return { calls, media: { inspect, render: null, close: async () => {} } satisfies Media };
}

it("who verifies a clip later than another leaves the pictures that are being read", async () => {
  const store = await FolderStore.open(await makeFolder(), secret);
  const catalog = new StoreCatalog({ store, onDamage: ({ key }) => expect.fail(key) });
  const { calls, media } = steppedMedia();
  const logger = pino({ level: "silent" });
  const verifier = new Verifier({
    store,
    catalog,
    logger,
    measure: measureNothing,
    announcer: noAnnouncer,
    media,
    onRenditionDue: () => {},
  });
  await store.putObject(fileKey(id, "v", "content"), content, { contentType: "video/mp4" });
  const record = await catalog.create({
    ...{ id, account: "acc_a", asset: "videoclip", status: "pending", reason: null, version: "v" },
    checksum: createHash("md5").update(content).digest("hex"),
    ...{ upload: null, size: content.length, mime: "video/mp4", filename: null },
    ...{ createdOn: new Date(0).toISOString(), ...notSeen, ...noStatements, ...noWishes },
  });
  if (!record) throw new Error("The state was not created.");

  // As where two clients finalize the same content at once.
  const { signal } = new AbortController();
  const early = verifier.verify(record, signal);
  const late = verifier.verify(record, signal);
  await expect.poll(() => calls.length).toBe(2);
  const [endEarly, endLate] = calls;
  endEarly?.(readyResult());
  // Either may have asked first.
  await Promise.race([early, late]);
  const key = fileKey(id, "v", "preview.gif");
  const stored = await store.headObject(key);
  expect(stored).not.toBeNull();
  endLate?.(readyResult());
  await Promise.all([early, late]);
  expect(await store.headObject(key)).toEqual(stored);
  expect((await catalog.read(id))?.state.status).toBe("available");
});
