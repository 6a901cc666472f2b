import type { AccountLimits } from "@clipcourier/service";
import {
  accountPattern,
  largestLimit,
  limitNames,
  privatePictures,
  wholeLimits,
} from "@clipcourier/service/setting-rules";
import { defaultFolder, servePort } from "../service-folder.js";
import {
  address,
  count,
  days,
  daysOrNone,
  fileSize,
  keysOf,
  listenAddress,
  mediaTypes,
  namedBy,
  numbersOf,
  oneOf,
  origins,
  pathOf,
  port,
  proxies,
  size,
  textOf,
  time,
  type ValueType,
  yesOrNo,
} from "./value-types.js";

/** One setting of `clipcourier serve`. */
export interface ServeKey<T = unknown> {
  type: ValueType<T>;
  /** What it is, for the help, the table of the documentation and the schema. */
  text: string;
  /** What it is where nothing says otherwise; absent where the service decides. */
  standard?: T;
  /** How that is told, where it is not the value itself. */
  shown?: string;
}

function key<T>(type: ValueType<T>, text: string, shown?: string): ServeKey<T> {
  return { type, text, ...(shown !== undefined && { shown }) };
}

function preset<T>(type: ValueType<T>, standard: T, text: string): ServeKey<T> & { standard: T } {
  return { type, text, standard };
}

const limits = Object.fromEntries(
  limitNames.map((name) => [name, { isWhole: wholeLimits.has(name), largest: largestLimit }]),
);

/** What one account may do. The same keys hold for every account where they are not below its name. */
const accountKeys = {
  maxSize: key(fileSize, "the largest file that is taken, such as 2GiB", "5TiB"),
  mediaTypes: key(
    mediaTypes,
    "which media types are taken, such as video/mp4",
    "every type of video, and the five of pictures",
  ),
  bytesPerDay: key(size, "how many bytes an account may upload in a day", "no limit"),
  clipsPerDay: key(count, "how many uploads an account may begin in a day", "no limit"),
  retentionDays: key(days, "how many days a clip is kept", "for ever"),
  pullRequestDays: key(
    daysOrNone,
    "how many days a clip for a pull request is kept once that is closed; none takes no such clips",
    "1",
  ),
  private: key(yesOrNo, "make clips private: only a signed link that expires opens one", "public"),
  privatePictures: key(
    oneOf("<what>", privatePictures),
    "what comments show of a private clip: a placeholder, or its pictures, shown to everybody",
    "placeholder",
  ),
};

const ofAccount = keysOf<AccountLimits>(
  Object.fromEntries(Object.entries(accountKeys).map(([name, { type }]) => [name, type])),
);

/**
 * Every setting of `clipcourier serve`, by its key in a config file. The flag is the key in kebab case
 * (`--public-url`), the variable the same in capitals (`CLIPCOURIER_SERVE_PUBLIC_URL`). The flags, the
 * help, the checks, the JSON Schema and the table of the documentation are all made of this.
 */
export const serveKeys = {
  host: preset(textOf("<host>"), "127.0.0.1", "address to listen on"),
  port: preset(port, servePort, "port to listen on; 0 takes a free one"),
  publicUrl: key(address, "the address under which others reach it"),
  folder: key(pathOf("<folder>"), "where everything is kept", defaultFolder),
  bucket: key(textOf("<s3://bucket/prefix>"), "keep everything there instead"),
  endpoint: key(address, "the S3 API of the bucket's engine", "AWS"),
  region: key(textOf("<region>"), "the region of the bucket"),
  pathStyle: key(yesOrNo, "find the bucket in the path of its addresses, not in the host"),
  publicEndpoint: key(address, "the S3 API as clients reach it"),
  streamVideos: key(yesOrNo, "send videos through the service, not from the bucket"),
  init: preset(yesOrNo, true, "begin a service where none has been yet, such as in a new folder"),
  ...accountKeys,
  accounts: key(
    namedBy(
      "<accounts>",
      { names: accountPattern, form: "It must be an account, such as acc_team." },
      ofAccount,
    ),
    `what single accounts may do: ${Object.keys(accountKeys).join(", ")}, by the account's name`,
  ),
  signInRules: key(
    pathOf("<file>"),
    "which CI jobs sign in without a secret, with their ID tokens; needs a public URL",
  ),
  githubRules: key(pathOf("<file>"), "a short form of these rules, for GitHub workflows alone"),
  trustProxy: key(
    proxies,
    "believe the proxy in front about whose request it is; a number of proxies, or their addresses",
  ),
  proxyHeader: key(textOf("<name>"), "where it says so", "X-Forwarded-For"),
  limits: key(
    numbersOf("<limits>", limits),
    "other limits and timeouts, such as signInRate=5,bodyTimeout=30",
  ),
  embedFrom: key(
    origins,
    "pages that may show the player in a frame, such as https://wiki.example.com; none for no page",
    "*",
  ),
  ffmpeg: key(
    pathOf("<path>"),
    "the ffmpeg that makes pictures",
    "the package node-av, or the one on the PATH",
  ),
  mediaLanes: key(count, "how many files are inspected at once", "one for each processor"),
  mediaTime: key(time, "the longest that inspecting one file may take", "1m"),
  mediaMemory: key(size, "the memory that inspecting one file may take", "1GiB"),
  renditions: preset(yesOrNo, true, "make an MP4 of videos that browsers do not play"),
  renditionLanes: key(count, "how many of these are made at once", "1"),
  renditionTime: key(time, "the longest that making one may take", "15m"),
  renditionSize: key(size, "the largest that one may be", "2GiB"),
  comparisonTime: key(time, "the longest that comparing two clips may take", "5m"),
  readyFile: key(
    pathOf("<file>"),
    "write the address and keys there, as JSON, once the service is up; for programs",
  ),
  webhooks: key(pathOf("<file>"), "who is told of clips, by signed webhooks; needs a public URL"),
  metrics: key(listenAddress, "show metrics for Prometheus there, at /metrics", "none"),
  shutdownDelay: key(
    time,
    "how long a service that is ended takes requests while /readyz says 503 already",
    "none",
  ),
  shutdownTime: key(time, "how long the running requests have after that to end", "25s"),
  auditLog: key(
    pathOf("<file>"),
    "write who has made, listed and deleted what there, a JSON line for each request",
    "nowhere",
  ),
  logLevel: preset(
    oneOf("<level>", ["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
    "info",
    "how much is logged to stderr",
  ),
};

export type ServeKeyName = keyof typeof serveKeys;

type Value<Name extends ServeKeyName> =
  (typeof serveKeys)[Name]["type"] extends ValueType<infer T> ? T : never;

type PresetName = {
  [Name in ServeKeyName]: (typeof serveKeys)[Name] extends { standard: unknown } ? Name : never;
}[ServeKeyName];

/** The values of all keys. What has no default is absent where nothing says it. */
export type ServeValues = { [Name in PresetName]: Value<Name> } & {
  [Name in Exclude<ServeKeyName, PresetName>]?: Value<Name>;
};

export const keyNames = Object.keys(serveKeys) as ServeKeyName[];

/** The keys that say where the service keeps everything. */
export const placeKeys = [
  "folder",
  "bucket",
  "endpoint",
  "region",
  "pathStyle",
  "publicEndpoint",
] satisfies ServeKeyName[];

/** The same table, for those who go through it. */
export const keyOf = (name: ServeKeyName): ServeKey => serveKeys[name];

/** The flag of a key, such as `--public-url`. */
export function flagOf(name: string): string {
  return `--${toWords(name, "-")}`;
}

/** What the variable of every key begins with. */
export const variablePrefix = "CLIPCOURIER_SERVE_";

/** The variable of a key, such as `CLIPCOURIER_SERVE_PUBLIC_URL`. */
export function variableOf(name: string): string {
  return `${variablePrefix}${toWords(name, "_").toUpperCase()}`;
}

function toWords(name: string, separator: string): string {
  return name.replace(/[A-Z]/g, (letter) => `${separator}${letter.toLowerCase()}`);
}
