import { statSync } from "node:fs";
import { linkTimeForm, parseLinkTime } from "@clipcourier/batch";
import { commentKeyForm, commentKeyPattern, describePatternFault } from "@clipcourier/report";
import { type CompareInputs, readCompare } from "./compare-inputs.js";
import { InputReader } from "./input-reader.js";

/** How the action signs in. */
export type Keys =
  | { kind: "secret"; appSecret: string }
  | { kind: "pair"; accessKey: string; accessToken: string }
  /** With the OIDC token of the job, without a secret. */
  | { kind: "keyless" };

/** The service that the clips go to. */
export interface ServiceInputs {
  rootUrl: string;
  /** `undefined` when the action signs in without a secret. */
  appId: string | undefined;
  keys: Keys;
}

/** What is reported, and where. */
export interface ReportInputs {
  summary: boolean;
  comment: "true" | "false" | "auto";
  commentKey: string;
  /** What becomes of an earlier comment when there is nothing to show. */
  commentWhenEmpty: "update" | "delete";
  githubToken: string | undefined;
  resultsFile: string | undefined;
  failOnError: boolean;
  /** `undefined` where clips are not compared. */
  compare: CompareInputs | undefined;
  /** Milliseconds for which links open private clips and their comparisons; `undefined` for no links. */
  privateLinks: number | undefined;
}

export interface FileInputs {
  /** Paths and patterns; those that begin with `!` exclude. */
  patterns: string[];
  includeHiddenFiles: boolean;
  failOnUnmatchedPattern: boolean;
  ifNoFilesFound: "error" | "warn" | "ignore";
}

export interface UploadInputs extends ReportInputs, FileInputs {
  kind: "upload";
  service: ServiceInputs;
  mime: string | undefined;
  /** Seconds. */
  thumbnailTime: number | "auto";
  preview: "auto" | "start" | "end";
  /** Whether the chapters of videos are taken from the WebVTT files beside them. */
  chapters: boolean;
  /** Whether the clips end with the pull request of the run. */
  keepUntil: "pr-closed" | undefined;
  waitFor: "available" | "finalized";
  /** Patterns of paths whose changes need a verified clip of the pull request's newest commit. */
  requirePaths: string[];
  /** The limit for all uploads together. */
  timeoutMinutes: number | undefined;
  /** How many files are uploaded at once. */
  concurrency: number | undefined;
  /** How many parts are sent at once, of all files together. */
  partConcurrency: number | undefined;
  maxAttempts: number | undefined;
  onError: "continue" | "stop";
  dryRun: boolean;
}

/** Reports what other jobs have uploaded, as their results files say. */
export interface GatherInputs extends ReportInputs, FileInputs {
  kind: "gather";
  /** The service that compares the clips; `undefined` where nothing is compared. */
  service: ServiceInputs | undefined;
  maxAttempts: number | undefined;
}

/** Tells the service what has become of the pull request of the run. */
export interface PullRequestInputs {
  kind: "pull-request";
  service: ServiceInputs;
  /** Asks the forge what has become of it. */
  githubToken: string;
  timeoutMinutes: number | undefined;
  maxAttempts: number | undefined;
  failOnError: boolean;
}

/** What leads to clips that are reported. */
export type ClipInputs = UploadInputs | GatherInputs;

export type Inputs = ClipInputs | PullRequestInputs;

// The longest that a timer of Node.js can wait, in whole minutes.
const mostMinutes = 35_000;

/**
 * Reads and checks every input. The process changes to the working directory that is given, from
 * which the paths of the other inputs start.
 *
 * @throws InputError that names each wrong input and the values that it takes
 */
export function readInputs(): Inputs {
  const reader = new InputReader();
  enterWorkingDirectory(reader);
  const gather = reader.lines("gather");
  const inputs = reader.isOn("tell-closed", false)
    ? readPullRequestInputs(reader)
    : gather.length > 0
      ? readGatherInputs(reader, gather)
      : readUploadInputs(reader);
  reader.finish();
  return inputs;
}

function readPullRequestInputs(reader: InputReader): PullRequestInputs {
  for (const name of ["files", "gather", "keep-until", "require-paths"]) {
    if (reader.text(name) !== undefined) reader.refuse(name, "cannot be given with tell-closed");
  }
  const githubToken = reader.text("github-token");
  if (githubToken === undefined) {
    const use = "to ask whether the pull request is closed; leave it out to use the job's token";
    reader.refuse("github-token", `is needed ${use}`);
  }
  return {
    kind: "pull-request",
    service: readServiceInputs(reader),
    githubToken: githubToken ?? "",
    timeoutMinutes: reader.amount("timeout-minutes", mostMinutes, { isWhole: false }),
    maxAttempts: reader.amount("max-attempts", 20),
    failOnError: reader.isOn("fail-on-error", true),
  };
}

function readGatherInputs(reader: InputReader, patterns: string[]): GatherInputs {
  for (const name of ["files", "results-file", "require-paths"]) {
    if (reader.text(name) !== undefined) reader.refuse(name, "cannot be given with gather");
  }
  // Without a service nothing is compared.
  const hasService = reader.text("api-url") !== undefined;
  const files = readFileInputs(reader, patterns);
  return {
    ...{ kind: "gather", ...files, ...readReportInputs(reader, hasService) },
    service: hasService ? readServiceInputs(reader) : undefined,
    maxAttempts: reader.amount("max-attempts", 20),
  };
}

function readUploadInputs(reader: InputReader): UploadInputs {
  const patterns = reader.lines("files");
  if (!patterns.some((pattern) => !pattern.startsWith("!"))) {
    reader.refuse(
      "files",
      "is needed: the videos or pictures to upload, a path or pattern on each line",
    );
  }
  const files = readFileInputs(reader, patterns);
  const report = readReportInputs(reader, true);
  return {
    ...{ kind: "upload", ...files, ...report },
    service: readServiceInputs(reader),
    mime: reader.matching("mime", /^[\w.+-]+\/[\w.+-]+$/, "a media type such as video/webm"),
    thumbnailTime: readThumbnailTime(reader),
    preview: reader.choice("preview", ["auto", "start", "end"]),
    chapters: reader.isOn("chapters", false),
    keepUntil: readKeepUntil(reader),
    waitFor: reader.choice("wait-for", ["available", "finalized"]),
    requirePaths: readRequirePaths(reader),
    timeoutMinutes: reader.amount("timeout-minutes", mostMinutes, { isWhole: false }),
    concurrency: reader.amount("concurrency", 64),
    partConcurrency: reader.amount("part-concurrency", 64),
    maxAttempts: reader.amount("max-attempts", 20),
    onError: reader.choice("on-error", ["continue", "stop"]),
    dryRun: reader.isOn("dry-run", false),
  };
}

function readRequirePaths(reader: InputReader): string[] {
  const paths = reader.lines("require-paths");
  for (const path of paths) {
    const fault = describePatternFault(path);
    if (fault !== undefined) reader.refuse("require-paths", fault);
  }
  if (paths.length > 0 && reader.text("github-token") === undefined) {
    const use = "to ask what the pull request changes; leave it out to use the job's token";
    reader.refuse("github-token", `is needed ${use}`);
  }
  return paths;
}

function readKeepUntil(reader: InputReader): "pr-closed" | undefined {
  const value = reader.matching("keep-until", /^pr-closed$/i, `"pr-closed", or nothing`);
  return value === undefined ? undefined : "pr-closed";
}

function readThumbnailTime(reader: InputReader): number | "auto" {
  const takes = `seconds such as 12 or 1.5, or "auto"`;
  const value = reader.matching("thumbnail-time", /^(auto|\d+(\.\d+)?)$/i, takes);
  return value === undefined || /^auto$/i.test(value) ? "auto" : Number(value);
}

function readPrivateLinks(reader: InputReader): number | undefined {
  const text = reader.text("private-links");
  const milliseconds = text === undefined ? undefined : parseLinkTime(text);
  if (text !== undefined && milliseconds === undefined) {
    reader.refuse("private-links", `takes ${linkTimeForm}, not "${text}"`);
  }
  return milliseconds;
}

function readFileInputs(reader: InputReader, patterns: string[]): FileInputs {
  return {
    patterns,
    includeHiddenFiles: reader.isOn("include-hidden-files", false),
    failOnUnmatchedPattern: reader.isOn("fail-on-unmatched-pattern", false),
    ifNoFilesFound: reader.choice("if-no-files-found", ["error", "warn", "ignore"]),
  };
}

function readReportInputs(reader: InputReader, hasService: boolean): ReportInputs {
  const comment = reader.choice("comment", ["false", "true", "auto"]);
  const githubToken = reader.text("github-token");
  if (comment === "true" && githubToken === undefined) {
    reader.refuse("github-token", "is needed to comment; leave it out to use the job's token");
  }
  const key = reader.matching("comment-key", commentKeyPattern, commentKeyForm);
  return {
    summary: reader.isOn("summary", true),
    ...{ comment, commentKey: key ?? "clips", githubToken },
    commentWhenEmpty: reader.choice("comment-when-empty", ["update", "delete"]),
    resultsFile: reader.text("results-file"),
    failOnError: reader.isOn("fail-on-error", true),
    compare: readCompare(reader, { hasComment: comment !== "false", hasService }),
    privateLinks: readPrivateLinks(reader),
  };
}

function readServiceInputs(reader: InputReader): ServiceInputs {
  const visible = /^[\x21-\x7e]+$/;
  const keys = readKeys(reader, visible);
  const appId = reader.matching("app-id", visible, "visible ASCII characters without spaces");
  if (appId === undefined && keys.kind !== "keyless") {
    reader.refuse("app-id", "is needed with app-secret, and with access-key and access-token");
  }
  return { rootUrl: readApiUrl(reader), appId, keys };
}

function readApiUrl(reader: InputReader): string {
  const takes =
    "an http or https URL with the version, such as https://clips.example.com/v2.7, without user, password or query";
  const value = reader.text("api-url");
  const url = URL.parse(value ?? "");
  const isGood =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === "";
  // The value is not printed: it may hold a password.
  if (!isGood)
    reader.refuse("api-url", value === undefined ? `is needed: ${takes}` : `takes ${takes}`);
  return value ?? "";
}

// An app id without a key: the workflow names a secret, and the runner has put nothing in its place.
const lostSecret = [
  "is empty, but app-id is given, so a secret was meant. A secret is empty when its name is misspelt,",
  "for a pull request from a fork, for Dependabot, which has secrets of its own, or when it belongs to",
  "an environment that the job does not name. To sign in without a secret, remove app-id: the job's",
  "OIDC token needs none",
].join(" ");

function readKeys(reader: InputReader, visible: RegExp): Keys {
  const takes = "visible ASCII characters without spaces";
  const appSecret = reader.text("app-secret");
  const accessKey = reader.matching("access-key", visible, takes);
  const accessToken = reader.matching("access-token", visible, takes);
  if ((accessKey === undefined) !== (accessToken === undefined)) {
    const missing = accessKey === undefined ? "access-key" : "access-token";
    reader.refuse(missing, "is needed: access-key and access-token go together");
  }
  if (appSecret !== undefined && accessKey !== undefined) {
    reader.refuse("app-secret", "cannot be given with access-key and access-token: give either");
  }
  if (appSecret !== undefined) return { kind: "secret", appSecret };
  if (accessKey !== undefined && accessToken !== undefined) {
    return { kind: "pair", accessKey, accessToken };
  }
  const isNothing = accessKey === undefined && accessToken === undefined;
  if (isNothing && reader.text("app-id") !== undefined) reader.refuse("app-secret", lostSecret);
  return { kind: "keyless" };
}

function enterWorkingDirectory(reader: InputReader): void {
  const folder = reader.text("working-directory");
  if (folder === undefined) return;
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) process.chdir(folder);
  else reader.refuse("working-directory", `takes a folder that exists, not "${folder}"`);
}
