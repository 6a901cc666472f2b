import { createHmac } from "node:crypto";
import * as v from "valibot";
import { deriveKey } from "../keys.js";
import { readJson, writeJson } from "../store/json-objects.js";
import type { Store } from "../store/store.js";

const fact = v.nullable(v.number());

/** The state of a clip: the object `clip.json` beside its bytes. */
const clipSchema = v.object({
  id: v.string(),
  account: v.string(),
  asset: v.string(),
  checksum: v.string(),
  /** The upload that the bytes came from: it differs in a later clip with the same checksum. */
  uploadId: v.string(),
  status: v.picklist(["pending", "available", "failed"]),
  reason: v.nullable(v.string()),
  size: v.number(),
  mime: v.string(),
  filename: v.nullable(v.string()),
  createdOn: v.string(),
  facts: v.object({
    duration: fact,
    width: fact,
    height: fact,
    codec: v.nullable(v.string()),
  }),
  hasThumbnail: v.boolean(),
  hasPreview: v.boolean(),
});
export type Clip = v.InferOutput<typeof clipSchema>;

/** What identifies a clip. Its objects are stored under these three. */
export interface ClipAddress {
  account: string;
  asset: string;
  checksum: string;
}

export type ClipFile = "content" | "upload.json" | "clip.json" | "thumbnail.jpg" | "preview.gif";

/** The key of one of a clip's objects. */
export function clipKey(address: ClipAddress, file: ClipFile): string {
  return `${address.account}/${address.asset}/${address.checksum}/${file}`;
}

const idPattern = /^[\w-]{24}$/;
const readsAtOnce = 16;
const pendingPrefix = "pending/";
const addressSchema = v.object({ account: v.string(), asset: v.string(), checksum: v.string() });

/** Reads and writes the state of clips. */
export class Clips {
  readonly #store: Store;
  readonly #idKey: Buffer;

  constructor(store: Store, secret: string) {
    this.#store = store;
    this.#idKey = deriveKey(secret, "clip ids");
  }

  /** The id is always the same for the same address, and nobody can guess it without the secret. */
  idOf({ account, asset, checksum }: ClipAddress): string {
    const text = [account, asset, checksum].join("\n");
    return createHmac("sha256", this.#idKey).update(text).digest("base64url").slice(0, 24);
  }

  read(address: ClipAddress): Promise<Clip | null> {
    return readJson(this.#store, clipKey(address, "clip.json"), clipSchema);
  }

  write(clip: Clip): Promise<void> {
    return writeJson(this.#store, clipKey(clip, "clip.json"), clip);
  }

  /** Records the address of a clip under its id. */
  async register(address: ClipAddress): Promise<void> {
    const { account, asset, checksum } = address;
    await writeJson(this.#store, `ids/${this.idOf(address)}`, { account, asset, checksum });
  }

  async addressOf(id: string): Promise<ClipAddress | null> {
    return idPattern.test(id) ? readJson(this.#store, `ids/${id}`, addressSchema) : null;
  }

  async find(id: string): Promise<Clip | null> {
    const address = await this.addressOf(id);
    return address && this.read(address);
  }

  /** All clips of an account, newest first. */
  async list(account: string): Promise<Clip[]> {
    const keys = (await this.#listKeys(`${account}/`)).filter((key) => key.endsWith("/clip.json"));
    const clips: Clip[] = [];
    for (let start = 0; start < keys.length; start += readsAtOnce) {
      const some = keys.slice(start, start + readsAtOnce);
      const read = await Promise.all(some.map((key) => readJson(this.#store, key, clipSchema)));
      clips.push(...read.filter((clip) => clip !== null));
    }
    return clips.sort((a, b) => b.createdOn.localeCompare(a.createdOn) || a.id.localeCompare(b.id));
  }

  /** Records that the clip's bytes must still be verified, so that the next start can do it. */
  async markPending(address: ClipAddress): Promise<void> {
    const { account, asset, checksum } = address;
    const key = `${pendingPrefix}${this.idOf(address)}`;
    await writeJson(this.#store, key, { account, asset, checksum });
  }

  async unmarkPending(address: ClipAddress): Promise<void> {
    await this.#store.deleteObject(`${pendingPrefix}${this.idOf(address)}`);
  }

  async listPending(): Promise<ClipAddress[]> {
    const keys = await this.#listKeys(pendingPrefix);
    const found = await Promise.all(keys.map((key) => readJson(this.#store, key, addressSchema)));
    return found.filter((address) => address !== null);
  }

  /** Deletes all objects of a clip; the id last, so that an interrupted deletion can be repeated. */
  async delete(address: ClipAddress): Promise<void> {
    const files: ClipFile[] = ["clip.json", "content", "thumbnail.jpg", "preview.gif"];
    for (const file of files) await this.#store.deleteObject(clipKey(address, file));
    await this.unmarkPending(address);
    await this.#store.deleteObject(`ids/${this.idOf(address)}`);
  }

  async #listKeys(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let isTruncated = true;
    while (isTruncated) {
      const page = await this.#store.listObjects(prefix, keys.at(-1));
      keys.push(...page.keys);
      isTruncated = page.isTruncated;
    }
    return keys;
  }
}
