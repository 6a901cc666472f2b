import type { PullRequestState } from "@clipcourier/core";
import { Argument, Command, Option } from "commander";
import { type BucketFlags, checkBucket, setupBucket } from "./commands/bucket.js";
import {
  type ClipsFlags,
  deleteClip,
  type ListFlags,
  listClips,
  showClip,
} from "./commands/clips.js";
import { addCommentOptions } from "./commands/comment-options.js";
import { type CompareClipsFlags, compareClips } from "./commands/compare-clips.js";
import { addBox, addDiff, toFactor } from "./commands/diff-options.js";
import { type LinkFlags, linkClip } from "./commands/link.js";
import { addLoginCommands } from "./commands/login-commands.js";
import type { McpFlags } from "./commands/mcp.js";
import { addMcpOptions } from "./commands/mcp-options.js";
import { tellPullRequest } from "./commands/pull-request.js";
import { addReportOptions } from "./commands/report-options.js";
import { addRequireOptions } from "./commands/require-options.js";
import type { ServeFlags } from "./commands/serve.js";
import { type UploadFlags, upload } from "./commands/upload.js";
import { addVerify } from "./commands/verify-options.js";
import { addServeOptions } from "./serve/config/add-serve-options.js";
import { variableOf } from "./serve/config/serve-keys.js";
import { fileVariable } from "./serve/config/serve-settings.js";
import { defaultFolder } from "./serve/service-folder.js";
import {
  toCount,
  toLinkTime,
  toMediaType,
  toMilliseconds,
  toPublicUrl,
  toText,
  toThumbnailTime,
} from "./settings/option-values.js";
import { type ExitCode, exitCodesHelp } from "./terminal/exit-code.js";
import { toLogText } from "./terminal/output.js";

const settings = `
The service is found by the options above, then by CLIPCOURIER_API_URL, CLIPCOURIER_APP_ID and
CLIPCOURIER_APP_SECRET (or CLIPCOURIER_ACCESS_KEY and CLIPCOURIER_ACCESS_TOKEN, or in a CI job
CLIPCOURIER_ID_TOKEN), then by a config file. Without any, an embedded service keeps the clips in
${defaultFolder}/.
`;

const serveSettings = `
Each setting is also a variable, such as ${variableOf("publicUrl")}, and a key of the config file,
such as publicUrl. A flag wins over a variable, that over the file, and that over the default.
`;

/** @param end called with the exit code when a command has finished */
export function createProgram(version: string, end: (code: ExitCode) => void): Command {
  const program = new Command("clipcourier")
    .description("Uploads videos as clips, and runs the service that receives them.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(toLogText(text)),
      writeErr: (text) => process.stderr.write(toLogText(text)),
    })
    .showHelpAfterError("(--help shows what is possible)")
    .addHelpText("after", exitCodesHelp);
  addUpload(program, end);
  addCommentOptions(addServiceOptions(program.command("comment")), end);
  addDiff(program, end);
  addVerify(program, end);
  addRequireOptions(addServiceOptions(program.command("require")), end);
  addServe(program, end);
  addConfig(program, end);
  addLoginCommands(program, end);
  addClips(program, end);
  addLink(program, end);
  addPullRequest(program, end);
  addBucket(program, end);
  addMcp(program, version, end);
  return program;
}

function addUpload(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command("upload")
    .description("Upload videos, and print the address of each clip.")
    .argument("<files...>", `paths, or patterns such as "out/**/*.mp4"; '!out/draft-*' excludes`);
  addReportOptions(addServiceOptions(command))
    .option("--mime <type>", "media type (default: by the file name)", toMediaType)
    .option(
      "--thumbnail-time <seconds>",
      "the frame that becomes the thumbnail (default: auto, the one that shows most)",
      toThumbnailTime,
    )
    .addOption(
      new Option("--preview <part>", "which part the preview shows").choices([
        "auto",
        "start",
        "end",
      ]),
    )
    .option("--chapters <file>", "the chapters of the one video, as WebVTT", toText)
    .option(
      "--keep-for <address>",
      "keep the clips until this pull request is closed; auto: that of the CI job",
    )
    .option(
      "--private-links <time>",
      "print links that open private clips for so long, such as 7d",
      toLinkTime,
    )
    .option("--concurrency <n>", "parts in flight at once (default: 4)", toCount)
    .option("--no-wait", "do not wait until the clip is available")
    .option("--timeout <time>", "the longest that one file may take, such as 15m", toMilliseconds)
    .option("--json", "print one JSON document on stdout")
    .addOption(new Option("-q, --quiet", "print the addresses alone").conflicts("verbose"))
    .option("-v, --verbose", "show what is tried again")
    .addHelpText("after", settings + exitCodesHelp)
    .action(async (files: string[], flags: UploadFlags) => end(await upload(files, flags)));
}

function addServe(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command("serve")
    .description(
      "Run the service, on a folder or a bucket. The first start makes an app id and a secret.",
    );
  addServeOptions(command)
    .option("--new-app", "make another app id and secret")
    .addHelpText("after", serveSettings + exitCodesHelp)
    .action(async (flags: ServeFlags) => {
      // Loading the service takes longer than loading everything else, so only `serve` does it.
      const { serve } = await import("./commands/serve.js");
      end(await serve(flags));
    });
}

function addConfig(program: Command, end: (code: ExitCode) => void): void {
  const config = program.command("config").description("Check the config file of serve.");
  config
    .command("check")
    .description("Tell what is wrong with the settings of serve, or where each comes from.")
    .argument("[file]", `the file (default: ${fileVariable})`)
    .addHelpText("after", exitCodesHelp)
    .action(async (file: string | undefined) => {
      const { checkConfig } = await import("./commands/config.js");
      end(await checkConfig(file));
    });
  config
    .command("schema")
    .description("Print the JSON Schema of the file.")
    .action(async () => {
      const { printConfigSchema } = await import("./commands/config.js");
      end(printConfigSchema());
    });
}

function addClips(program: Command, end: (code: ExitCode) => void): void {
  const clips = program.command("clips").description("List, show, compare and delete clips.");
  const list = clips.command("list").description("List the clips, the newest first.");
  addServiceOptions(list)
    .option("--count <n>", "how many at most", toCount)
    .option("--page <n>", "which page of them, from 1", toCount)
    .option("--after <next>", 'what comes after an earlier page: "next" of its JSON')
    .option("--json", "print one JSON document on stdout")
    .action(async (flags: ListFlags) => end(await listClips(flags)));
  const show = clips.command("show").description("Show one clip.").argument("<id>");
  addServiceOptions(show)
    .option("--json", "print one JSON document on stdout")
    .action(async (id: string, flags: ClipsFlags) => end(await showClip(id, flags)));
  addCompareClips(clips, end);
  const remove = clips.command("delete").description("Delete one clip.").argument("<id>");
  addServiceOptions(remove)
    .option("--json", "print one JSON document on stdout")
    .action(async (id: string, flags: ClipsFlags) => end(await deleteClip(id, flags)));
}

function addCompareClips(clips: Command, end: (code: ExitCode) => void): void {
  const command = clips
    .command("compare")
    .description("Have the service tell what has changed from an older clip to a new one.")
    .argument("<new>", "the id of the new clip, or the address of its page")
    .argument("<old>", "the same of the older clip");
  addServiceOptions(command)
    .option("--ignore <box>", "a part of the picture that is not compared; repeatable", addBox, [])
    .option("--tolerance <factor>", "how much more may differ than usual (default: 1)", toFactor)
    .option("--fail-on-change", "exit with 3 when something has changed, 1 when it cannot be told")
    .option("--timeout <time>", "how long to wait for it (default: 10m)", toMilliseconds)
    .option("--json", "print one JSON document on stdout")
    .addHelpText("after", exitCodesHelp)
    .action(async (now: string, old: string, flags: CompareClipsFlags) =>
      end(await compareClips(now, old, flags)),
    );
}

function addPullRequest(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command("pull-request")
    .description("Tell the service that a pull request is closed, which ends its clips, or open.")
    .addArgument(new Argument("<state>", "what has become of it").choices(["closed", "open"]))
    .argument("[address]", "of the pull request; auto: that of the CI job", "auto");
  addServiceOptions(command)
    .option("--json", "print one JSON document on stdout")
    .addHelpText("after", settings + exitCodesHelp)
    .action(async (state: PullRequestState, address: string, flags: ClipsFlags) =>
      end(await tellPullRequest(state, address, flags)),
    );
}

function addLink(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command("link")
    .description("Print a link that opens a clip; of a private one it expires.")
    .argument("<clip>", "its id, or the address of its page");
  addServiceOptions(command)
    .option("--expires <time>", "how long it opens a private clip (default: 7d)", toLinkTime)
    .option("--json", "print one JSON document on stdout")
    .addHelpText("after", settings + exitCodesHelp)
    .action(async (clip: string, flags: LinkFlags) => end(await linkClip(clip, flags)));
}

function addBucket(program: Command, end: (code: ExitCode) => void): void {
  const bucket = program.command("bucket").description("Prepare and check an S3 bucket.");
  const setup = bucket
    .command("setup")
    .description("Make the settings that the service wants, and print the policy that it needs.");
  addBucketOptions(setup).action(async (address: string, flags: BucketFlags) =>
    end(await setupBucket(address, flags)),
  );
  const check = bucket
    .command("check")
    .description("Upload, read and delete something small, and read the settings.");
  addBucketOptions(check).action(async (address: string, flags: BucketFlags) =>
    end(await checkBucket(address, flags)),
  );
}

function addMcp(program: Command, version: string, end: (code: ExitCode) => void): void {
  const command = program
    .command("mcp")
    .description(
      "Let editors and agents upload and show clips: an MCP server on stdin and stdout.",
    );
  addMcpOptions(addServiceOptions(command))
    .addHelpText("after", settings + exitCodesHelp)
    .action(async (flags: McpFlags) => {
      const { mcp } = await import("./commands/mcp.js");
      end(await mcp(flags, version));
    });
}

function addBucketOptions(command: Command): Command {
  return command
    .argument("<bucket>", "s3://bucket or s3://bucket/prefix")
    .option("--endpoint <url>", "the S3 API of another engine than AWS", toPublicUrl)
    .option("--region <region>", "the region of the bucket", toText)
    .option("--path-style", "the bucket is in the path of its address, not in the host name")
    .option("--public-endpoint <url>", "the endpoint that clients reach", toPublicUrl)
    .option("--origin <url>", "the origin of pages that upload or play videos", toPublicUrl)
    .addHelpText("after", exitCodesHelp);
}

function addServiceOptions(command: Command): Command {
  const keys = ["appId", "appSecret", "accessKey", "accessToken", "idTokenFile"];
  const remote = ["apiUrl", ...keys, "config"];
  return command
    .option("--api-url <url>", "the service, such as https://clips.example.com/v2.7/", toText)
    .option("--app-id <id>", "the app's id", toText)
    .option(
      "--app-secret <secret>",
      "the app's secret; others can see it in the list of processes: prefer the variable",
      toText,
    )
    .option("--access-key <key>", "the key of a session, instead of a secret", toText)
    .option("--access-token <token>", "the token of that session", toText)
    .option("--id-token-file <file>", "the ID token of a CI job, instead of a secret", toText)
    .option("--config <file>", "read the settings from this file", toText)
    .addOption(
      new Option("--folder <folder>", "use the embedded service on this folder")
        .argParser(toText)
        .conflicts(remote),
    );
}
