import { type Command, Option } from "commander";
import { type Forge, forgeNames } from "../forge/forge.js";
import { tokenVariables } from "../forge/forge-token.js";
import {
  toCommentKey,
  toCommit,
  toCount,
  toLinkTime,
  toPublicUrl,
  toText,
} from "../settings/option-values.js";
import { type ExitCode, exitCodesHelp } from "../terminal/exit-code.js";
import { type CommentFlags, comment } from "./comment.js";
import { addBox, toFactor } from "./diff-options.js";

const help = `
On GitHub Actions, GitLab CI, Gitea Actions and Forgejo Actions the pull request is that of the job.
Anywhere else --pull with the address of the pull request is enough: it names the forge, too.

The token is never an option. It is read from --token-file, CLIPCOURIER_FORGE_TOKEN, or the first of
these that is set. They are read for the server of the job, for github.com and for gitlab.com alone:
${listVariables()}
On GitLab it is a project access token with the scope api: CI_JOB_TOKEN may not comment.

A service is needed for --compare alone, and found as by upload.
`;

function listVariables(): string {
  const forges: Forge[] = ["github", "gitlab", "gitea"];
  const lines = forges.map((forge) => [forgeNames[forge], tokenVariables[forge].join(", ")]);
  return lines.map(([name = "", names]) => `  ${name.padEnd(18)}${names}`).join("\n");
}

/** Declares `clipcourier comment` on a command that has the options of a service. */
export function addCommentOptions(command: Command, end: (code: ExitCode) => void): void {
  addCompareOptions(command)
    .description("Write the clips into one comment on the pull request, which later runs update.")
    .argument(
      "<results...>",
      `what upload --output-file wrote: paths, or patterns such as "clips/*.json"`,
    )
    .addOption(
      new Option(
        "--forge <forge>",
        "where the pull request is (default: by the CI's variables)",
      ).choices(["github", "gitlab", "gitea", "forgejo"]),
    )
    .option("--forge-api <url>", "its API, such as https://gitlab.example.com/api/v4", toPublicUrl)
    .option(
      "--repo <path>",
      "the repository, such as owner/name; GitLab: the project or its id",
      toText,
    )
    .option("--pull <n>", "the number or the address of the pull request or merge request")
    .option("--sha <commit>", "the commit that the clips show, in full", toCommit)
    .option(
      "--run <n>",
      "the number of the build, so that an older one does not replace a newer",
      toCount,
    )
    .option("--key <key>", "which comment, where a pull request has several", toCommentKey, "clips")
    .addOption(
      new Option("--when-empty <what>", "the comment when there are no clips")
        .choices(["update", "delete"])
        .default("update"),
    )
    .addOption(
      new Option("--if-no-pull <what>", "when the build is of no pull request")
        .choices(["ignore", "error"])
        .default("ignore"),
    )
    .option("--token-file <file>", "read the token from this file", toText)
    .option("--json", "print one JSON document on stdout")
    .addHelpText("after", help + exitCodesHelp)
    .action(async (files: string[], flags: CommentFlags) => end(await comment(files, flags)));
}

function addCompareOptions(command: Command): Command {
  const addOption = (flags: string, description: string) =>
    new Option(flags, description).implies({ compare: true });
  return command
    .option(
      "--compare",
      "have the service compare the clips with those before, and say what has changed",
    )
    .addOption(
      addOption("--ignore <box>", "a part of the picture that is not compared; repeatable")
        .argParser(addBox)
        .default([]),
    )
    .addOption(
      addOption("--tolerance <factor>", "how much more may differ than usual").argParser(toFactor),
    )
    .addOption(
      addOption(
        "--fail-on-change",
        "exit with 3 when a clip has changed, 1 when it cannot be told",
      ),
    )
    .option(
      "--private-links <time>",
      "links that open the comparisons of private clips for so long, such as 7d",
      toLinkTime,
    );
}
