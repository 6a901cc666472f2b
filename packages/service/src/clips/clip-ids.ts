import { createHmac } from "node:crypto";
import type { ClipAddress } from "../catalog/clip-state.js";
import { deriveKey } from "../keys.js";

/** Derives the ids of clips: always the same for the same address, and nobody can guess one. */
export class ClipIds {
  readonly #key: Buffer;

  constructor(secret: string) {
    this.#key = deriveKey(secret, "clip ids");
  }

  of({ account, asset, checksum }: ClipAddress): string {
    const text = [account, asset, checksum].join("\n");
    const id = createHmac("sha256", this.#key).update(text).digest("base64url").slice(0, 24);
    // One that began with "-" would be an option to each command line that is given it.
    return id.replace(/^-/, "_");
  }
}

/** Whether a text of a client can be an id at all. */
export function isClipId(text: string): boolean {
  return /^[\w-]{24}$/.test(text);
}
