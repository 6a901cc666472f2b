import { S3Store, type S3StoreOptions } from "../src/store/s3/index.js";
import type { OpenedStore } from "./store-contract/context.js";

/** A store in a bucket, whose parts go to the bucket's engine. */
export async function openS3Store(options: S3StoreOptions): Promise<OpenedStore> {
  const store = await S3Store.open(options);
  return {
    store,
    async sendPart(url, content, headers) {
      const body = typeof content === "string" ? content : Buffer.from(content);
      const response = await fetch(url, { method: "PUT", body, ...(headers && { headers }) });
      await response.arrayBuffer();
      return { status: response.status, etag: response.headers.get("etag") };
    },
    close: async () => store.close(),
  };
}
