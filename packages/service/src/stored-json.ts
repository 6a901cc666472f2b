import * as v from "valibot";

/**
 * The value of a stored JSON text that has the shape of the schema, or else what is wrong with it. The problem
 * repeats nothing of the text, as the message of `JSON.parse` does: it may be a secret.
 */
export function parseStoredJson<T>(
  text: string,
  schema: v.GenericSchema<unknown, T>,
): { value: T } | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: text === "" ? "it is empty" : "it is not JSON" };
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return { value: parsed.output };
  return { problem: `invalid value at ${v.getDotPath(parsed.issues[0]) ?? "the top"}` };
}
