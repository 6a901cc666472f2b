import { FolderStore } from "../dist/store/folder/folder-store.js";
import { secret } from "./folder-store-secret.ts";

/*
 * A process that works on a folder store for the tests: it is given the folder, and then one order
 * after the other. It answers each.
 */

/** What the process is to store. */
export interface PutOrder {
  key: string;
  content: string;
  ifMatch?: string;
  ifNoneMatch?: "*";
}

/** How it went. */
export interface PutAnswer {
  etag: string | null;
}

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("Usage: folder-store-process.ts <folder>");
const store = await FolderStore.open(folder, secret);

process.on("message", async ({ key, content, ...condition }: PutOrder) => {
  const etag = await store.putObject(key, content, condition);
  process.send?.({ etag } satisfies PutAnswer);
});
process.send?.("ready");
