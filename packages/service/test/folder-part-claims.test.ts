import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FolderStore } from "../src/store/folder/folder-store.js";
import { openSlot } from "../src/store/folder/part-slots.js";
import { secret } from "./folder-store-secret.js";
import { type ServedFolderStore, serveFolderStore } from "./folder-store-server.js";
import { chunksOf, HaltedBody, partSize, sendPart, startUpload } from "./send-part.js";

/** Whether every other reading of a stored part finds it claimed by one more attempt. */
const claims = vi.hoisted(() => ({ areMade: false, isClaimed: true }));

vi.mock(import("../src/store/folder/part-slots.js"), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    async readSlot(handle, partNumber) {
      const slot = await original.readSlot(handle, partNumber);
      if (!claims.areMade || !slot?.isStored) return slot;
      claims.isClaimed = !claims.isClaimed;
      return claims.isClaimed ? openSlot("00112233aa", true) : slot;
    },
  };
});

const half = 2 * 1024 * 1024;

let served: ServedFolderStore;

beforeEach(async () => {
  served = await serveFolderStore();
});

afterEach(async () => {
  claims.areMade = false;
  await served.close();
});

// The moment between two readings cannot be hit from outside.
it("an attempt that waits for another one's same bytes takes no third attempt for other bytes", async () => {
  const bytes = Buffer.alloc(partSize, "s");
  const uploadId = await startUpload(served.store);
  const other = await FolderStore.open(served.folder, secret);
  const body = new HaltedBody(bytes.subarray(0, half));
  const first = sendPart(served.store, uploadId, body);
  await body.halted;
  const stored = await sendPart(other, uploadId, chunksOf(bytes));
  claims.areMade = true;
  body.goOn(bytes.subarray(half));
  expect(await first).toEqual(stored);
});
