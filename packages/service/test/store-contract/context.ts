import type { ObjectStore } from "../../src/store/object-store.js";

/** A store under test, and how a client reaches its part URLs. */
export interface OpenedStore {
  store: ObjectStore;
  /** Sends the bytes of a part to its URL by PUT, over HTTP. */
  sendPart(
    url: string,
    content: Uint8Array | string,
    headers?: Record<string, string>,
  ): Promise<PartResponse>;
  close(): Promise<void>;
}

/** The response to a part. */
export interface PartResponse {
  status: number;
  /** The ETag header. */
  etag: string | null;
}

/** What the tests of the contract share. */
export interface ContractContext {
  store: ObjectStore;
  sendPart: OpenedStore["sendPart"];
  /** A prefix, with its closing `/`, below which no other test has objects. */
  makePrefix(): string;
}
