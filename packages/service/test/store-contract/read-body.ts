import type { StoredObject } from "../../src/store/object-store.js";

/** The content of an object as text; `null` where there is no object. */
export async function textOf(object: StoredObject | null): Promise<string | null> {
  return object && new Response(object.body).text();
}

/** The content of an object. */
export async function bytesOf(object: StoredObject | null): Promise<Buffer> {
  if (!object) throw new Error("There is no such object");
  return Buffer.from(await new Response(object.body).arrayBuffer());
}
