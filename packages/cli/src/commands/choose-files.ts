import { type FoundFile, findFiles, toPrintable } from "@clipcourier/batch";
import { printNote } from "../terminal/output.js";
import { UsageError } from "../terminal/usage-error.js";

/**
 * Finds the files that the arguments name, and prints what was skipped.
 *
 * @throws UsageError that names every argument that matches no file, or when all files are excluded
 */
export async function chooseFiles(patterns: readonly string[]): Promise<FoundFile[]> {
  const { files, unmatched, skipped } = await findFiles(patterns);
  for (const message of skipped) printNote(toPrintable(message));
  const isAllExcluded = files.length === 0 && unmatched.length === 0;
  const problems = isAllExcluded ? ["All files are excluded."] : unmatched;
  if (problems.length > 0) {
    throw new UsageError([...problems, "Nothing was uploaded."].join("\n"));
  }
  return files;
}
