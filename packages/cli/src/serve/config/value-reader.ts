import path from "node:path";
import { toPrintable } from "@clipcourier/batch";
import { InvalidArgumentError } from "commander";
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { findNearest } from "./nearest-name.js";
import type { ConfigProblem } from "./problem.js";
import type { JsonSchema, MapType, ScalarType, ValueType } from "./value-types.js";

const secretName = /secret|password|passwd|token|credential|access_?key/i;

/** A value that could not be read; the problem is recorded. */
const unread = Symbol("unread");

export interface ValueReaderOptions {
  document: Document;
  lineCounter: LineCounter;
  /** From where paths are meant. */
  folder: string;
}

/** Reads the values of a document by their types, and collects what is wrong with them. */
export class ValueReader {
  readonly problems: ConfigProblem[] = [];
  readonly lines = new Map<string, number>();
  readonly #options: ValueReaderOptions;

  constructor(options: ValueReaderOptions) {
    this.#options = options;
  }

  /** @param prefix the key of the map with a dot, such as `limits.`; empty for the whole document */
  readMap(
    map: YAMLMap,
    { types, others }: Pick<MapType<unknown>, "types" | "others">,
    prefix: string,
  ): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? String(key.value) : "";
      const place = `${prefix}${toPrintable(name)}`;
      const line = this.#lineOf(key, map);
      const other = others?.names.test(name) ? others.type : undefined;
      const type = Object.hasOwn(types, name) ? types[name] : other;
      if (type === undefined) {
        const message = others ? others.form : describeUnknown(name, Object.keys(types));
        this.problems.push({ line, key: place, message });
        continue;
      }
      this.lines.set(place, line);
      const read = this.#readValue(value, type, place, line);
      if (read !== unread) values[name] = read;
    }
    return values;
  }

  #readValue(node: unknown, type: ValueType<unknown>, key: string, line: number): unknown {
    const { document } = this.#options;
    const value = isAlias(node) ? node.resolve(document) : node;
    try {
      if (type.kind === "scalar") return this.#readScalar(value, type);
      if (isMap(value)) return this.readMap(value, type, `${key}.`);
      throw new InvalidArgumentError("It must hold names and values.");
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      this.problems.push({ line, key, message: error.message });
      return unread;
    }
  }

  #readScalar(node: unknown, type: ScalarType<unknown>): unknown {
    const text = toText(node, kindsOf(type.schema), this.#options.document);
    const value = type.parse(text);
    return type.isPath ? path.resolve(this.#options.folder, text) : value;
  }

  #lineOf(key: unknown, map: Node): number {
    const { range } = isScalar(key) ? key : map;
    return this.#options.lineCounter.linePos(range?.[0] ?? 0).line;
  }
}

/** What a flag would say for the value. */
function toText(given: unknown, kinds: ReadonlySet<string>, document: Document): string {
  const node = isAlias(given) ? given.resolve(document) : given;
  if (isSeq(node) && kinds.has("array")) {
    if (node.items.length === 0) return "none";
    return node.items.map((item) => toText(item, new Set(["string"]), document)).join(",");
  }
  if (isScalar(node) && kinds.has(typeof node.value)) {
    // A number as it is written: 4280 and not 4.28e3.
    return typeof node.value === "number" ? sourceOf(node) : String(node.value);
  }
  const wanted = [...kinds].map((kind) => kindNames[kind]).filter((name) => name !== undefined);
  throw new InvalidArgumentError(`It must be ${wanted.join(" or ")}.`);
}

const kindNames: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  array: "a list of texts",
};

function sourceOf({ source, value }: Scalar): string {
  return source ?? String(value);
}

/** The kinds of YAML values that a schema takes. */
function kindsOf({ type, anyOf, enum: choices }: JsonSchema): Set<string> {
  if (Array.isArray(anyOf)) return new Set(anyOf.flatMap((one: JsonSchema) => [...kindsOf(one)]));
  if (choices !== undefined) return new Set(["string"]);
  const types = Array.isArray(type) ? type : [type];
  return new Set(types.map((one) => (one === "integer" ? "number" : String(one))));
}

function describeUnknown(name: string, known: readonly string[]): string {
  if (secretName.test(name)) {
    return (
      "Secrets do not belong in this file. The credentials of a bucket come from the AWS variables, a " +
      "profile or the role of the machine, and the service keeps hashes of its apps' secrets alone."
    );
  }
  const nearest = findNearest(name, known);
  const hint = nearest === undefined ? `There are ${known.join(", ")}.` : `Is it ${nearest}?`;
  return `There is no such key. ${hint}`;
}
