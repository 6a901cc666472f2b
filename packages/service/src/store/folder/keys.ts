import path from "node:path";
import { versionsSuffix } from "./conditional-objects.js";

const segment = "[A-Za-z0-9_-][A-Za-z0-9._-]*";
const keyPattern = new RegExp(`^${segment}(/${segment})*$`);

export function isKey(text: string): boolean {
  return keyPattern.test(text);
}

/** Where an object is that is stored without a condition. Throws where `key` is no key. */
export function plainPath(objects: string, key: string): string {
  if (!isKey(key)) throw new Error(`"${key}" is not a key`);
  return path.join(objects, ...key.split("/"));
}

/** Where the versions of an object are that is stored with a condition. */
export function versionsPath(objects: string, key: string): string {
  return plainPath(objects, key) + versionsSuffix;
}
