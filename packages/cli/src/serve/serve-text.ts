import { formatCount } from "@clipcourier/batch";
import type { GitHubOptions, IssuerRules, MediaEngine } from "@clipcourier/service";
import type { KeylessRules } from "./rules-file.js";
import type { ServeApp } from "./serve-app.js";

export interface ServiceFacts {
  /** The folder, or the address of the bucket. */
  place: string;
  /** `null` when there are apps already, of which it is not known who uses which. */
  app: ServeApp | null;
  /** The address that the service listens on. */
  rootUrl: string;
  /** The address at which others reach it. */
  publicUrl: string | undefined;
}

/** What `clipcourier serve` prints when the service is up. */
export function describeService({ place, app, rootUrl, publicUrl }: ServiceFacts): string {
  const local = toReachable(rootUrl);
  const address = publicUrl === undefined ? local : new URL("v2.7/", withSlash(publicUrl)).href;
  return [
    `Clipcourier is up at ${new URL("..", local).href} and keeps everything in ${place}`,
    "",
    ...(app?.appSecret === undefined ? describeKnown(app) : describeNew(address, app)),
  ].join("\n");
}

/** What `clipcourier serve` prints about jobs that sign in without a secret: a line per issuer. */
export function describeKeyless(
  { signInRules, github }: KeylessRules,
  publicUrl: string | undefined,
): string[] {
  const origin = publicUrl === undefined ? "" : new URL(publicUrl).origin;
  const lines = signInRules?.issuers.map((entry) => describeIssuer(entry, origin)) ?? [];
  return github ? [describeGitHub(github, origin), ...lines] : lines;
}

function describeGitHub({ rules, audience = "" }: GitHubOptions, origin: string): string {
  const ids = rules.map((rule) => rule.repository ?? describeIds(rule));
  const repositories = [...new Set(ids)].join(", ");
  return `Workflows of ${repositories} sign in without a secret, with tokens for ${audience || origin}`;
}

function describeIds(rule: GitHubOptions["rules"][number]): string {
  return rule.repository_id === undefined
    ? `the owner ${rule.repository_owner_id}`
    : `the repository ${rule.repository_id}`;
}

function describeIssuer({ preset, issuer, audience, rules }: IssuerRules, origin: string): string {
  const count = formatCount(rules.length, "rule");
  const name = [preset, issuer].filter((part) => part !== undefined).join(", ");
  return `Jobs of ${name} sign in without a secret by ${count}, with tokens for ${audience ?? origin}`;
}

/** What `clipcourier serve` prints about pictures. */
export function describePictures(engine: MediaEngine): string {
  if ("missing" in engine) return `Clips get no pictures: ${engine.missing}.`;
  const { name, lacks } = engine;
  const without = lacks.length > 0 ? `, which was built without ${lacks.join(", ")}` : "";
  return `Pictures are made with ${name}${without}.`;
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}

function describeKnown(app: ServeApp | null): string[] {
  const which = app ? `The app is ${app.appId}. Its secret` : "There is an app already. Its secret";
  return [
    `${which} was shown when it was made, and only a hash of it is kept.`,
    "To make another app, start it with --new-app.",
  ];
}

function describeNew(address: string, { appId, appSecret }: ServeApp): string[] {
  return [
    "This app was made for you. Its secret is shown this once; only a hash of it is kept.",
    "Paste these lines into another shell, then run: clipcourier upload <file>",
    "",
    formatVariable("CLIPCOURIER_API_URL", address),
    formatVariable("CLIPCOURIER_APP_ID", appId),
    formatVariable("CLIPCOURIER_APP_SECRET", appSecret ?? ""),
  ];
}

function formatVariable(name: string, value: string): string {
  return process.platform === "win32" ? `  $env:${name} = "${value}"` : `  export ${name}=${value}`;
}

const loopbackHosts = /^(127(\.\d+){3}|localhost|\[?::1\]?)$/i;

/** The warning for a service whose traffic others can read; `undefined` when none is needed. */
export function warnOfPlainHttp(host: string, publicUrl: string | undefined): string | undefined {
  if (loopbackHosts.test(host) || publicUrl?.startsWith("https:")) return undefined;
  return (
    `Warning: ${host} can be reached from other machines, and plain http shows keys and videos to ` +
    "everyone on the way. Put a proxy with TLS before it, and name its address with --public-url."
  );
}

/** Replaces "all addresses", to which no client can connect, by the loopback address. */
export function toReachable(rootUrl: string): string {
  return rootUrl.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}
