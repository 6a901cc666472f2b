import { type StandardJsonSchema, toStandardJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema, InferInput, InferOutput } from "valibot";

/**
 * A schema as the SDK wants it for a tool, without the name of its dialect: VS Code 1.105 leaves out
 * every tool whose schema names another one than draft-07, which these are valid in as well.
 */
export function toToolSchema<S extends GenericSchema>(
  schema: S,
): StandardJsonSchema<InferInput<S>, InferOutput<S>> {
  const { "~standard": standard } = toStandardJsonSchema(schema);
  const { input, output } = standard.jsonSchema;
  const withoutDialect =
    (convert: typeof input): typeof input =>
    (options) => {
      const { $schema: _, ...rest } = convert(options);
      return rest;
    };
  const jsonSchema = { input: withoutDialect(input), output: withoutDialect(output) };
  return { "~standard": { ...standard, jsonSchema } };
}
