import { type Command, Option } from "commander";
import { toText } from "../settings/option-values.js";

/** The flags of `upload` that say where else the clips are reported. */
export interface ReportFlags {
  markdown?: string;
  outputFile?: string;
  /** Paths or patterns. */
  junit?: string[];
  ifNoFilesFound: "error" | "ignore";
}

export function addReportOptions(command: Command): Command {
  return command
    .option(
      "--output-file <file>",
      "write the results there as JSON, for clipcourier comment",
      toText,
    )
    .option("--markdown <file>", "write a table of the clips there, as Markdown", toText)
    .option(
      "--junit <file>",
      "link the clips into this JUnit report; a path or a pattern, may be repeated",
      (text: string, before: string[] = []) => [...before, toText(text)],
    )
    .addOption(
      new Option("--if-no-files-found <what>", "when there is no file to upload")
        .choices(["error", "ignore"])
        .default("error"),
    );
}
