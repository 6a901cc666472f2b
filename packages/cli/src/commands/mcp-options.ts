import type { Command } from "commander";
import { toBytes, toText } from "../settings/option-values.js";

const defaultMaxSize = 2 * 1024 ** 3;

/** The options of `clipcourier mcp` but those that choose the service. */
export function addMcpOptions(command: Command): Command {
  return command
    .option(
      "--root <folder>",
      "a folder whose videos may be uploaded; may be repeated (default: the working folder)",
      (folder, earlier: string[] = []) => [...earlier, toText(folder)],
    )
    .option("--include-hidden-files", "allow names that begin with a dot")
    .option("--max-size <size>", "the largest file that is uploaded", toBytes, defaultMaxSize)
    .option("--read-only", "offer no tool that uploads");
}
