import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe } from "vitest";
import { testConditions } from "./store-contract/conditions.js";
import type { ContractContext, OpenedStore } from "./store-contract/context.js";
import { testFiles } from "./store-contract/files.js";
import { testListing } from "./store-contract/listing.js";
import { testObjects } from "./store-contract/objects.js";
import { testPartUrls } from "./store-contract/part-urls.js";
import { testUploads } from "./store-contract/uploads.js";

/**
 * Tests that every `ObjectStore` passes, whatever the engine behind it. `open` is called once; the
 * store need not be empty.
 */
export function testObjectStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(name, () => {
    let opened: OpenedStore;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());
    const use = (): ContractContext => ({
      store: opened.store,
      sendPart: opened.sendPart.bind(opened),
      makePrefix: () => `contract/${randomUUID()}/`,
    });
    testObjects(use);
    testConditions(use);
    testFiles(use);
    testListing(use);
    testUploads(use);
    testPartUrls(use);
  });
}
