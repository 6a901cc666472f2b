import { createHmac } from "node:crypto";

/** What the secret is used for; each purpose has a key of its own. */
export type KeyPurpose = "clip ids" | "access tokens" | "part urls" | "clip links";

/** Derives the key for one purpose, so that nothing signed for one is valid for another. */
export function deriveKey(secret: string, purpose: KeyPurpose): Buffer {
  return createHmac("sha256", secret).update(`clipcourier: ${purpose}`).digest();
}
