import * as v from "valibot";
import type { Store } from "./store.js";

/** A small JSON object, or `null` when there is none. Throws when it does not match the schema. */
export async function readJson<T>(
  store: Store,
  key: string,
  schema: v.GenericSchema<unknown, T>,
): Promise<T | null> {
  const object = await store.getObject(key);
  if (!object) return null;
  const value: unknown = await new Response(object.body).json();
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const cause = new Error(v.summarize(parsed.issues));
  throw new Error(`The object ${key} is damaged.`, { cause });
}

export async function writeJson(store: Store, key: string, value: unknown): Promise<void> {
  await store.putObject(key, `${JSON.stringify(value)}\n`);
}
