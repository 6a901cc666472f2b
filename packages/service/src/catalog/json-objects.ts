import type { Logger } from "pino";
import type * as v from "valibot";
import type { CallOptions, ObjectStore } from "../store/object-store.js";
import { parseStoredJson } from "../stored-json.js";
import { prefixes } from "./keys.js";

/** Told of an object that cannot be read, and of where it was put aside. */
export type DamageListener = (damage: { key: string; movedTo: string; problem: string }) => void;

/** Writes it into the log. */
export function logDamage(logger: Logger): DamageListener {
  return (damage) => logger.error(damage, "a damaged object was put aside");
}

/** Small JSON objects that are changed by compare-and-swap alone. */
export class JsonObjects {
  readonly #store: ObjectStore;
  readonly #onDamage: DamageListener;

  constructor(store: ObjectStore, onDamage: DamageListener) {
    this.#store = store;
    this.#onDamage = onDamage;
  }

  /**
   * An object and its ETag; `null` when there is none. One that is damaged is put aside below
   * `damaged/`, so that it cannot make everything after it fail. Then it is replaced by `repaired`,
   * or counts as missing.
   */
  async read<T>(
    key: string,
    schema: v.GenericSchema<unknown, T>,
    options: CallOptions & { repaired?: T } = {},
  ): Promise<{ value: T; etag: string } | null> {
    const { repaired, ...call } = options;
    const object = await this.#store.getObject(key, call);
    if (!object) return null;
    const { etag } = object;
    const bytes = new Uint8Array(await new Response(object.body).arrayBuffer());
    const parsed = parseStoredJson(new TextDecoder().decode(bytes), schema);
    if ("value" in parsed) return { value: parsed.value, etag };
    const movedTo = `${prefixes.damaged}${Date.now()}/${key}`;
    await this.#store.putObject(movedTo, bytes);
    this.#onDamage({ key, movedTo, problem: parsed.problem });
    if (repaired === undefined) return this.#remove(key, etag);
    const newEtag = await this.replace(key, repaired, etag);
    return newEtag === null ? null : { value: repaired, etag: newEtag };
  }

  /** Creates an object. `null` when there is one already. */
  create(key: string, value: unknown): Promise<string | null> {
    return this.#store.putObject(key, toText(value), { ifNoneMatch: "*" });
  }

  /** Replaces an object that still has this ETag. `null` when it has another one. */
  replace(key: string, value: unknown, ifMatch: string): Promise<string | null> {
    return this.#store.putObject(key, toText(value), { ifMatch });
  }

  /** Stores an object, in place of the one that is there, if any. */
  async write(key: string, value: unknown): Promise<void> {
    while ((await this.create(key, value)) === null) {
      const there = await this.#store.headObject(key);
      if (there && (await this.replace(key, value, there.etag)) !== null) return;
    }
  }

  /** Another process may have put it aside at the same time, and then a new one may be there. */
  async #remove(key: string, etag: string): Promise<null> {
    if (this.#store.deleteIfMatch) await this.#store.deleteIfMatch(key, etag);
    else if ((await this.#store.headObject(key))?.etag === etag) {
      await this.#store.deleteObjects([key]);
    }
    return null;
  }
}

function toText(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
