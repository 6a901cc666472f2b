import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { partStatuses } from "../src/http/routes/parts.js";
import { FolderStore, type FolderStoreOptions } from "../src/store/folder/folder-store.js";
import { StoreError } from "../src/store/store-error.js";
import { secret } from "./folder-store-secret.js";
import type { OpenedStore } from "./store-contract/context.js";

/** A folder store that takes its parts over a real socket. */
export interface ServedFolderStore extends OpenedStore {
  store: FolderStore;
  folder: string;
}

/** Opens a store on a new folder, and a server for its part URLs. */
export async function serveFolderStore(
  options: FolderStoreOptions = {},
): Promise<ServedFolderStore> {
  const folder = await mkdtemp(path.join(tmpdir(), "clipcourier-folder-store-"));
  const store = await FolderStore.open(folder, secret, options);
  const server = createServer((request, response) => void answerPart(store, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    folder,
    store,
    async sendPart(url, content, headers = {}) {
      const body = Buffer.from(content);
      const response = await fetch(new URL(url, root), { method: "PUT", body, headers });
      await response.arrayBuffer();
      return { status: response.status, etag: response.headers.get("etag") };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answerPart(
  store: FolderStore,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { "content-length": length, "content-md5": contentMd5 } = request.headers;
  try {
    const { etag } = await store.uploadPart({
      url: new URL(request.url ?? "/", "http://127.0.0.1/"),
      contentLength: length === undefined ? null : Number(length),
      contentMd5: typeof contentMd5 === "string" ? contentMd5 : null,
      body: request,
    });
    response.writeHead(200, { etag }).end();
  } catch (error) {
    request.resume();
    response.writeHead(error instanceof StoreError ? partStatuses[error.code] : 500).end();
  }
}
