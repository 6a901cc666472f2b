import { toPrintable, UsageError } from "@clipcourier/batch";
import { InvalidArgumentError } from "commander";
import { findNearest } from "./nearest-name.js";
import { parseSetting } from "./parse-setting.js";
import { readServeFile, type ServeFile } from "./read-serve-file.js";
import {
  flagOf,
  keyNames,
  keyOf,
  type ServeKeyName,
  type ServeValues,
  variableOf,
  variablePrefix,
} from "./serve-keys.js";
import type { MapType } from "./value-types.js";

/** Which file is read where no flag names one. */
export const fileVariable = `${variablePrefix}CONFIG`;

/** The settings of `clipcourier serve`, and where each comes from. */
export interface ServeSettings {
  values: ServeValues;
  /** The flag, the variable or the line of the file that says it; the flag where nothing does. */
  labelOf(name: ServeKeyName): string;
  /** The keys that are set, in the order of the table. */
  given: ServeKeyName[];
}

/** A place that settings come from. */
interface Layer {
  values: Partial<Record<ServeKeyName, unknown>>;
  label(name: ServeKeyName): string;
}

/**
 * Collects the settings: a flag wins over a variable, that over the file, and that over the default. Of
 * values by name each name is looked for by itself, and of an account each of its keys.
 *
 * @param flags the flags that were given, by the names of their keys
 * @throws UsageError that names the flag, the variable or the line
 */
export async function collectServeSettings(
  flags: Partial<ServeValues>,
  env: NodeJS.ProcessEnv,
  file: string | undefined = env[fileVariable] || undefined,
): Promise<ServeSettings> {
  const layers: Layer[] = [{ values: flags, label: flagOf }, readVariables(env)];
  if (file !== undefined) layers.push(toLayer(await readServeFile(file)));
  const labels = new Map<ServeKeyName, string>();
  const values: Record<string, unknown> = {};
  for (const name of keyNames) {
    const found = layers.filter((layer) => layer.values[name] !== undefined);
    const [first] = found;
    if (first) labels.set(name, first.label(name));
    const all = found.map((layer) => layer.values[name]);
    const { type } = keyOf(name);
    const value = type.kind === "map" ? merge(all, type) : all[0];
    const chosen = value ?? keyOf(name).standard;
    if (chosen !== undefined) values[name] = chosen;
  }
  return {
    // Each value was read by the type of its key.
    values: values as unknown as ServeValues,
    labelOf: (name) => labels.get(name) ?? flagOf(name),
    given: keyNames.filter((name) => labels.has(name)),
  };
}

/** @param found values of one map, the one that wins first */
function merge(found: readonly unknown[], { others }: MapType<unknown>): object | undefined {
  if (found.length === 0) return undefined;
  const merged: Record<string, unknown> = {};
  for (const [name, value] of found.toReversed().flatMap((map) => Object.entries(map as object))) {
    // Such as the keys of one account, some of which the file says and some a variable.
    const isMap = others?.type.kind === "map" && Object.hasOwn(merged, name);
    merged[name] = isMap ? { ...(merged[name] as object), ...(value as object) } : value;
  }
  return merged;
}

/** A variable that is empty counts as not set. */
function readVariables(env: NodeJS.ProcessEnv): Layer {
  refuseUnknown(env);
  const values: Layer["values"] = {};
  for (const name of keyNames) {
    const text = env[variableOf(name)];
    if (text) values[name] = parseVariable(name, text);
  }
  return { values, label: variableOf };
}

/** A setting that is misspelt would be a setting that nobody misses until it is needed. */
function refuseUnknown(env: NodeJS.ProcessEnv): void {
  const known = [fileVariable, ...keyNames.map(variableOf)];
  const unknown = Object.keys(env)
    .filter((name) => name.startsWith(variablePrefix) && env[name] && !known.includes(name))
    .sort();
  if (unknown.length === 0) return;
  throw new UsageError(unknown.map((name) => describeUnknown(name, known)).join("\n"));
}

function describeUnknown(variable: string, known: readonly string[]): string {
  const [name, ...names] = [variable, ...known].map((one) => one.slice(variablePrefix.length));
  const nearest = findNearest(name ?? "", names);
  const hint =
    nearest === undefined
      ? "clipcourier serve --help shows what can be set; each flag has a variable."
      : `Is it ${variablePrefix}${nearest}?`;
  return `${toPrintable(variable)}: There is no such setting. ${hint}`;
}

function parseVariable(name: ServeKeyName, text: string): unknown {
  try {
    return parseSetting(keyOf(name).type, text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`${variableOf(name)}: ${error.message}`);
  }
}

function toLayer({ path, values, lines }: ServeFile): Layer {
  return { values, label: (name) => `${path}:${lines.get(name)}: ${name}` };
}
