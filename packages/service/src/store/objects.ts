import * as z from "zod/mini";
import type { Store } from "./store.js";

/** A small JSON object, or `null` when there is none. */
export async function readJson<T extends z.ZodMiniType>(
  store: Store,
  key: string,
  schema: T,
): Promise<z.output<T> | null> {
  const object = await store.getObject(key);
  if (!object) return null;
  const value: unknown = await new Response(object.body).json();
  const parsed = z.safeParse(schema, value);
  if (!parsed.success) throw new Error(`The object ${key} is damaged.`, { cause: parsed.error });
  return parsed.data;
}

export async function writeJson(store: Store, key: string, value: unknown): Promise<void> {
  await store.putObject(key, `${JSON.stringify(value)}\n`);
}
