import { type Command, Option } from "commander";
import { toPublicUrl, toText } from "../settings/option-values.js";
import { type ExitCode, exitCodesHelp } from "../terminal/exit-code.js";
import type { RequireFlags } from "./require.js";

const help = `
It fails where the pull request changes a file below one of the paths, and no clip of the service's
account is verified for its newest commit: uploaded by a job of that commit, or of its test merge, with
its ID token. Of a renamed file both names count. The token for the forge is found as by comment.
`;

/** Declares `clipcourier require` on a command that has the options of a service. */
export function addRequireOptions(command: Command, end: (code: ExitCode) => void): void {
  command
    .description("Fail where a pull request changes files and has no verified clip of them.")
    .requiredOption(
      "--path <pattern>",
      "files that need a clip, such as src/ui or 'src/**/*.css'; '!**/*.md' excludes; repeatable",
      (pattern: string, all: string[] = []) => [...all, toText(pattern)],
    )
    .option("--pr, --pull <n>", "the number or the address of the pull request")
    .addOption(
      new Option("--forge <forge>", "where it is (default: by the CI's variables)").choices([
        ...["github", "gitlab", "gitea", "forgejo"],
      ]),
    )
    .option("--forge-api <url>", "its API, such as https://codeberg.org/api/v1", toPublicUrl)
    .option("--repo <path>", "the repository, such as owner/name", toText)
    .option("--token-file <file>", "read the token of the forge from this file", toText)
    .option("--json", "print one JSON document on stdout")
    .addHelpText("after", help + exitCodesHelp)
    .action(async (flags: RequireFlags) => {
      const { requireClip } = await import("./require.js");
      end(await requireClip(flags));
    });
}
