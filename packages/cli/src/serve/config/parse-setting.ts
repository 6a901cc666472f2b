import { InvalidArgumentError } from "commander";
import { isMap, LineCounter, parseDocument } from "yaml";
import { ValueReader } from "./value-reader.js";
import type { ValueType } from "./value-types.js";

/**
 * Reads the text of a flag or a variable.
 *
 * @throws InvalidArgumentError that says what it must be, and does not repeat the text
 */
export function parseSetting(type: ValueType<unknown>, text: string): unknown {
  if (type.kind === "scalar") return type.parse(text);
  if (type.parse && !text.trimStart().startsWith("{")) return type.parse(text);
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "error" });
  if (document.errors.length > 0 || !isMap(document.contents)) {
    throw new InvalidArgumentError('It must be JSON, such as {"name": {"key": 1}}.');
  }
  const reader = new ValueReader({ document, lineCounter, folder: "." });
  const values = reader.readMap(document.contents, type, "");
  const [problem] = reader.problems;
  if (problem) throw new InvalidArgumentError(`${problem.key}: ${problem.message}`);
  return values;
}
