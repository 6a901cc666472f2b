import { type FoundFile, findFiles, toPrintable, UsageError } from "@clipcourier/batch";
import { printNote } from "../terminal/output.js";

/**
 * Finds the files that the arguments name, and prints what was skipped or not found for want of
 * permission.
 *
 * @param mayBeNone whether an argument that matches no file is told, and is no error; what may not be
 *   read is one
 * @throws UsageError that names every argument that matches no file, or when there are no files
 */
export async function chooseFiles(
  patterns: readonly string[],
  mayBeNone = false,
): Promise<FoundFile[]> {
  const { files, unmatched, unreadable, skipped } = await findFiles(patterns);
  for (const message of skipped) printNote(toPrintable(message));
  const problems = [...unmatched, ...unreadable];
  if (files.length === 0 && problems.length === 0) problems.push("All files are excluded.");
  // A folder that may not be read is an error only where nothing else was found.
  const isEmpty = files.length === 0;
  const isWrong = mayBeNone ? isEmpty && unreadable.length > 0 : isEmpty || unmatched.length > 0;
  if (isWrong) {
    throw new UsageError([...problems, "Nothing was uploaded."].join("\n"));
  }
  for (const problem of problems) printNote(toPrintable(problem));
  return files;
}
