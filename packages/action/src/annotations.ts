import path from "node:path";
import { error as annotate } from "@actions/core";
import type { ClipRecord } from "./clip-record.js";
import { toPrintable } from "./printable.js";

// A step has ten error annotations; the last is for the step itself.
const mostAnnotations = 9;

/** Marks the files that failed, and gives the line with which the step ends; none where all is well. */
export function annotateFailures(records: readonly ClipRecord[]): string | undefined {
  const failed = records.filter(({ outcome }) => outcome === "failed");
  const messages = failed.flatMap(({ error }) => error?.message ?? []);
  const [first] = messages;
  if (first === undefined) return undefined;
  const count = `${failed.length} of ${records.length} files failed`;
  // What stands in the way of all of them is said once.
  if (messages.every((message) => message === first)) {
    return records.length === 1 ? first : `${count}. ${first}`;
  }
  for (const { file, error } of failed.slice(0, mostAnnotations)) {
    annotate(toLines(error?.message ?? ""), { title: "Not uploaded", file: locate(file) });
  }
  const more = failed.length - mostAnnotations;
  return more > 0
    ? `${count}: those above and ${more} more, which are in the summary.`
    : `${count}.`;
}

/** As the annotation shows it: line by line. */
export function toLines(message: string): string {
  return message.split("\n").map(toPrintable).join("\n");
}

/** The path from the root of the repository, which is what GitHub looks for. */
function locate(file: string): string {
  const root = process.env.GITHUB_WORKSPACE ?? process.cwd();
  return toPrintable(path.relative(root, path.resolve(file)).split(path.sep).join("/"));
}
