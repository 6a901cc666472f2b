import { readFile } from "node:fs/promises";
import path from "node:path";
import { UsageError } from "@clipcourier/batch";
import type { WebhookOptions } from "@clipcourier/service";
import * as v from "valibot";

const text = v.pipe(v.string(), v.minLength(1));
const fileSchema = v.strictObject({
  endpoints: v.array(
    v.strictObject({
      name: text,
      url: text,
      /** A path, meant from the folder of this file. */
      secretFile: v.optional(text),
      /** The name of a variable. */
      secretVariable: v.optional(text),
      events: v.optional(v.array(v.picklist(["clip.available", "clip.failed", "clip.deleted"]))),
      accounts: v.optional(v.array(text)),
    }),
  ),
  allow: v.optional(v.array(text)),
});
type FileEndpoint = v.InferOutput<typeof fileSchema>["endpoints"][number];

/**
 * Reads the receivers of webhooks, with their secrets from where the file says.
 *
 * @param label the flag, the variable or the line that has named the file
 * @throws UsageError that repeats no value of the file
 */
export async function readWebhooks(
  label: string,
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<WebhookOptions> {
  const parsed = v.safeParse(fileSchema, parse(label, file, await readText(label, file)));
  if (!parsed.success) {
    const place = v.getDotPath(parsed.issues[0]) ?? "the top";
    throw new UsageError(`${label}: ${file}: ${place} is missing, unknown or of the wrong kind.`);
  }
  const { endpoints, allow } = parsed.output;
  const read = endpoints.map(async ({ secretFile, secretVariable, ...endpoint }) => {
    const given = { ...endpoint, secretFile, secretVariable };
    return { ...endpoint, secret: await readSecret(`${label}: ${file}`, given, file, env) };
  });
  return { endpoints: await Promise.all(read), allow };
}

async function readSecret(
  label: string,
  { name, secretFile, secretVariable }: FileEndpoint,
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  if ((secretFile === undefined) === (secretVariable === undefined)) {
    throw new UsageError(`${label}: ${name}: it needs a secretFile or a secretVariable.`);
  }
  if (secretFile !== undefined) {
    const place = path.resolve(path.dirname(file), secretFile);
    return (await readText(`${label}: ${name}: secretFile`, place)).trim();
  }
  const secret = env[secretVariable ?? ""];
  if (secret) return secret.trim();
  throw new UsageError(`${label}: ${name}: the variable ${secretVariable} is not set.`);
}

async function readText(label: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`${label}: ${file} cannot be read (${code}).`);
  }
}

function parse(label: string, file: string, content: string): unknown {
  try {
    // Some editors on Windows write a byte order mark first.
    return JSON.parse(content.replace(/^\u{feff}/u, ""));
  } catch {
    throw new UsageError(`${label}: ${file} is not valid JSON.`);
  }
}
