import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as v from "valibot";
import { createFile, isErrno } from "../store/atomic-file.js";

const serviceFile = v.object({ secret: v.pipe(v.string(), v.minLength(32)) });

/**
 * The service's secret from `<folder>/service.json`, created on the first start. When two processes
 * start at once, both get the secret of the first.
 */
export async function readOrCreateSecret(folder: string): Promise<string> {
  const file = path.join(folder, "service.json");
  const known = await readSecret(file);
  if (known) return known;
  const secret = randomBytes(32).toString("hex");
  if (await createFile(file, `${JSON.stringify({ secret })}\n`)) return secret;
  const first = await readSecret(file);
  if (first) return first;
  throw new Error(`${file} disappeared while the service started. Start it again.`);
}

async function readSecret(file: string): Promise<string | null> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  });
  if (text === null) return null;
  const parsed = v.safeParse(serviceFile, parseJson(text));
  if (parsed.success) return parsed.output.secret;
  throw new Error(
    `${file} is damaged: it holds no "secret" of 32 characters or more. ` +
      "Restore it from a backup; a new one would change the address of every clip.",
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
