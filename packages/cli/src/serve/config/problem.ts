import { UsageError } from "@clipcourier/batch";

/** Something that is wrong in a config file. */
export interface ConfigProblem {
  /** From 1. */
  line: number;
  /** Such as `limits.signInRate`; absent where it is about the file. */
  key?: string;
  message: string;
}

/** All that is wrong in a file, a line for each. */
export function toUsageError(file: string, problems: readonly ConfigProblem[]): UsageError {
  const lines = problems
    .toSorted((a, b) => a.line - b.line)
    .map(({ line, key, message }) => `${file}:${line}: ${key ? `${key}: ` : ""}${message}`);
  return new UsageError(lines.join("\n"));
}
