import { keyNames, keyOf } from "./serve-keys.js";
import type { JsonSchema } from "./value-types.js";

/** The JSON Schema (draft 2020-12) of a config file of `clipcourier serve`. */
export function createServeSchema(): JsonSchema {
  const properties = keyNames.map((name) => {
    const { type, text, standard } = keyOf(name);
    const known = standard === undefined ? {} : { default: standard };
    return [name, { description: text, ...type.schema, ...known }] as const;
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Settings of clipcourier serve",
    type: "object",
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
}
