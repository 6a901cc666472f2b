import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from "jose";
import * as v from "valibot";
import type { JsonObjects } from "../catalog/json-objects.js";
import { statementKeysKey } from "../catalog/keys.js";

/** Ed25519: small, and the same statement always has the same signature. */
export const statementAlgorithm = "EdDSA";
const day = 24 * 60 * 60 * 1000;
/** Milliseconds after which another key signs. */
const rotationAge = 365 * day;

const publicKey = { kty: v.literal("OKP"), crv: v.literal("Ed25519"), x: v.string() };
const keysFile = v.object({
  /** The earliest first; the last one signs. */
  keys: v.pipe(
    v.array(
      v.object({
        kid: v.string(),
        /** ISO 8601. */
        createdOn: v.string(),
        publicKey: v.object(publicKey),
        /** `null` once another key signs. */
        privateKey: v.nullable(v.object({ ...publicKey, d: v.string() })),
      }),
    ),
    v.minLength(1),
  ),
});
type KeysFile = v.InferOutput<typeof keysFile>;

export interface SigningKey {
  kid: string;
  key: CryptoKey | Uint8Array;
}

/**
 * The key pairs with which the service signs statements. They are in the store, made when the first one
 * is needed, and each time they are read there: all processes have the same ones.
 */
export class StatementKeys {
  readonly #objects: JsonObjects;
  readonly #now: () => number;

  constructor(objects: JsonObjects, now: () => number) {
    this.#objects = objects;
    this.#now = now;
  }

  /** The key that signs: a new one where there is none, or where the last one is older than a year. */
  async findSigningKey(): Promise<SigningKey> {
    for (;;) {
      const found = await this.#objects.read(statementKeysKey, keysFile);
      const last = found?.value.keys.at(-1);
      if (last?.privateKey && this.#now() - Date.parse(last.createdOn) < rotationAge) {
        return { kid: last.kid, key: await importJWK(last.privateKey, statementAlgorithm) };
      }
      const next = await this.#addKey(found?.value.keys ?? []);
      // Where another process was faster, the next round reads its key.
      if (found) await this.#objects.replace(statementKeysKey, next, found.etag);
      else await this.#objects.create(statementKeysKey, next);
    }
  }

  /** All public keys, those too that sign no more: statements that somebody has kept stay good. */
  async listPublicKeys(): Promise<{ keys: JWK[] }> {
    const found = await this.#objects.read(statementKeysKey, keysFile);
    const keys = found?.value.keys ?? [];
    return {
      keys: keys.map(({ kid, publicKey: jwk }) => ({
        ...jwk,
        ...{ kid, alg: statementAlgorithm, use: "sig" },
      })),
    };
  }

  async #addKey(keys: KeysFile["keys"]): Promise<KeysFile> {
    const pair = await generateKeyPair(statementAlgorithm, { crv: "Ed25519", extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    const made = {
      kid: await calculateJwkThumbprint(jwk),
      createdOn: new Date(this.#now()).toISOString(),
      publicKey: jwk,
      privateKey: await exportJWK(pair.privateKey),
    };
    const earlier = keys.map((key) => ({ ...key, privateKey: null }));
    return v.parse(keysFile, { keys: [...earlier, made] });
  }
}
