import { randomBytes } from "node:crypto";
import * as v from "valibot";
import { prefixes } from "../catalog/keys.js";
import type { ObjectStore } from "../store/object-store.js";
import { parseStoredJson } from "../stored-json.js";

const serviceFile = v.object({ secret: v.pipe(v.string(), v.minLength(32)) });

/** Where the secret is, so that messages can name it. */
export const secretKey = "service.json";

/** The service's secret out of the text of `service.json`. Throws when it holds none. */
export function parseSecret(text: string, place: string): string {
  const parsed = parseStoredJson(text, serviceFile);
  if ("value" in parsed) return parsed.value.secret;
  throw new Error(
    `${place} is damaged: it holds no "secret" of 32 characters or more. ` +
      "Restore it from a backup; a new one would change the address of every clip.",
  );
}

/** The text of a `service.json` with a new secret. */
export function makeSecretText(): string {
  return `${JSON.stringify({ secret: randomBytes(32).toString("hex") })}\n`;
}

/**
 * The service's secret in a bucket, created on the first start. When two processes start at once,
 * both get the secret of the first.
 */
export async function readOrCreateBucketSecret(
  store: ObjectStore,
  place: string,
  mayCreate: boolean,
): Promise<string> {
  const known = await readText(store);
  if (known !== null) return parseSecret(known, place);
  const { objects } = await store.listObjects(prefixes.clips, { maxKeys: 1 });
  // Another process may have created it in between, and then its first clip.
  if (objects.length > 0 && (await readText(store)) === null) {
    throw new Error(
      `${place} is missing, and there are clips beside it. Restore it from a backup: a new one would ` +
        "change the address of every clip. Or choose a prefix of the bucket that is empty.",
    );
  }
  if (!mayCreate) {
    throw new Error(`${place} is missing. Only a start that may create a service makes a new one.`);
  }
  const text = makeSecretText();
  await store.putObject(secretKey, text, { ifNoneMatch: "*" });
  return parseSecret((await readText(store)) ?? text, place);
}

async function readText(store: ObjectStore): Promise<string | null> {
  const object = await store.getObject(secretKey);
  return object && new Response(object.body).text();
}
