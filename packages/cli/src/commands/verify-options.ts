import type { Command } from "commander";
import { toCommit, toText } from "../settings/option-values.js";
import { type ExitCode, exitCodesHelp } from "../terminal/exit-code.js";
import type { VerifyFlags } from "./verify.js";

const help = `
The address of a clip is all that is needed: its statements, the keys and the video are fetched from
there. A file is compared with the clip of --clip, or without any network with what was kept of
/c/<id>/statements.json and /.well-known/clipcourier/jwks.json.
`;

/** Declares `clipcourier verify`. */
export function addVerify(program: Command, end: (code: ExitCode) => void): void {
  program
    .command("verify")
    .description("Check which run of a CI system a clip or a file comes from.")
    .argument("<clip or file>", "the address of a clip's page, or the path of a video")
    .option("--clip <url>", "the clip that the file is compared with", toText)
    .option("--statement <file>", "read the statements from this file", toText)
    .option("--keys <file>", "trust the keys in this file alone", toText)
    .option(
      "--repository <path>",
      "expect this repository: owner/name, or github.com/owner/name",
      toText,
    )
    .option("--sha <commit>", "expect this commit, in full", toCommit)
    .option("--json", "print one JSON document on stdout")
    .addHelpText("after", help + exitCodesHelp)
    .action(async (target: string, flags: VerifyFlags) => {
      // Loading the library of signatures takes time that no other command needs.
      const { verify } = await import("./verify.js");
      end(await verify(target, flags));
    });
}
