import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { type ServiceKey, serviceKeys, toPrintable, UsageError } from "@clipcourier/batch";
import { locateUserFolder } from "./user-folders.js";

const projectFileName = "clipcourier.config.json";

export interface ConfigFile {
  path: string;
  values: Partial<Record<ServiceKey, string>>;
}

/**
 * Reads a config file; `undefined` when there is no such file.
 *
 * @throws UsageError when it cannot be read, is not JSON, or has an unknown key or a wrong value
 */
export async function readConfigFile(file: string): Promise<ConfigFile | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw new UsageError(`The config file ${file} cannot be read (${error.code}).`);
    }
    throw error;
  }
  return { path: file, values: checkValues(file, parse(file, text)) };
}

function parse(file: string, text: string): object {
  let value: unknown;
  try {
    // Some editors on Windows write a byte order mark first.
    value = JSON.parse(text.replace(/^\u{feff}/u, ""));
  } catch {
    // The message of the parser quotes the text, which can hold a secret.
    throw new UsageError(`The config file ${file} is not valid JSON.`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new UsageError(`The config file ${file} must hold a JSON object.`);
}

function checkValues(file: string, given: object): ConfigFile["values"] {
  const values: ConfigFile["values"] = {};
  for (const [key, value] of Object.entries(given)) {
    const known = serviceKeys.find((name) => name === key);
    if (known === undefined) {
      const name = toPrintable(key);
      throw new UsageError(
        `The config file ${file} has an unknown key "${name}". It can hold ${serviceKeys.join(", ")}.`,
      );
    }
    if (typeof value !== "string" || value === "") {
      throw new UsageError(`The config file ${file}: ${known} must be a text that is not empty.`);
    }
    values[known] = value;
  }
  return values;
}

/**
 * The path of `clipcourier.config.json` in the folder or in the nearest folder above that has one.
 */
export async function findProjectFile(folder: string): Promise<string | undefined> {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    const file = path.join(current, projectFileName);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) return file;
    if (current === path.dirname(current)) return undefined;
  }
}

/** The path of the user's own config file; `undefined` for a user without a home. */
export function locateUserFile(): string | undefined {
  const folder = locateUserFolder("config");
  return folder && path.join(folder, "config.json");
}

/** Reads the user's own config file. A home that may not be entered, such as root's, holds none. */
export async function readUserFile(file: string): Promise<ConfigFile | undefined> {
  const isReachable = await stat(file).then(
    () => true,
    () => false,
  );
  return isReachable ? readConfigFile(file) : undefined;
}
