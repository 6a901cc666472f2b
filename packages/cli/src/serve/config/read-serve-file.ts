import { readFile } from "node:fs/promises";
import path from "node:path";
import { UsageError } from "@clipcourier/batch";
import { type Document, type ErrorCode, isMap, LineCounter, parseDocument } from "yaml";
import { toUsageError } from "./problem.js";
import { serveKeys } from "./serve-keys.js";
import { ValueReader } from "./value-reader.js";

/** What a config file says. */
export interface ServeFile {
  /** As it was named. */
  path: string;
  values: Record<string, unknown>;
  /** On which line each key is. */
  lines: ReadonlyMap<string, number>;
}

/**
 * Reads a config file of `clipcourier serve`: YAML 1.2, of which JSON is a part.
 *
 * @throws UsageError with the file, the line and the key of everything that is wrong
 */
export async function readServeFile(file: string): Promise<ServeFile> {
  const lineCounter = new LineCounter();
  const document = parse(file, await readText(file), lineCounter);
  const { contents } = document;
  if (contents === null) return { path: file, values: {}, lines: new Map() };
  if (!isMap(contents)) {
    throw toUsageError(file, [{ line: 1, message: "It must hold keys, such as port: 4280." }]);
  }
  const folder = path.dirname(path.resolve(file));
  const reader = new ValueReader({ document, lineCounter, folder });
  const types = Object.entries(serveKeys).map(([name, { type }]) => [name, type] as const);
  const values = reader.readMap(contents, { types: Object.fromEntries(types) }, "");
  if (reader.problems.length > 0) throw toUsageError(file, reader.problems);
  return { path: file, values, lines: reader.lines };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`The config file ${file} cannot be read (${code}).`);
  }
}

function parse(file: string, text: string, lineCounter: LineCounter): Document {
  // Without excerpts: whatever was put into the file by mistake is not printed. `silent` would also
  // drop a second document without a word.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "error" });
  const problems = document.errors.map(({ pos, code }) => ({
    line: lineCounter.linePos(pos[0]).line,
    message: parseMessages[code] ?? `This is neither YAML nor JSON (${code}).`,
  }));
  if (problems.length > 0) throw toUsageError(file, problems);
  return document;
}

const parseMessages: Partial<Record<ErrorCode, string>> = {
  DUPLICATE_KEY: "This key is there already. Remove one of the two.",
  MULTIPLE_DOCS: "A second document begins here. Keep one, without --- between the keys.",
};
