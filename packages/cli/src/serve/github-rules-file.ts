import { readFile } from "node:fs/promises";
import { type GitHubOptions, parseGitHubOptions } from "@clipcourier/service";
import { UsageError } from "../terminal/usage-error.js";

/**
 * Reads the rules for workflows that sign in without a secret, from the file of `--github-rules`.
 */
export async function readGitHubRules(file: string): Promise<GitHubOptions> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`--github-rules: ${file} cannot be read (${code}).`);
  }
  try {
    // Some editors on Windows write a byte order mark first.
    return parseGitHubOptions(JSON.parse(text.replace(/^\u{feff}/u, "")));
  } catch (error) {
    const reason = error instanceof SyntaxError ? "it is not valid JSON." : String(error);
    throw new UsageError(`--github-rules: ${file}: ${reason.replace(/^Error: /, "")}`);
  }
}
