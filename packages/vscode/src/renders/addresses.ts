import type { Clip } from "@clipcourier/core";

/** An address or the id of an earlier clip, and what stands for it in a newer one. */
export interface AddressPair {
  from: string;
  /** Of an id: the hosts of the addresses that it can be a part of. */
  hosts?: readonly string[] | undefined;
  /** `undefined` where the newer clip has no such address, so that the old one stays. */
  to: string | undefined;
}

/** A place in a text where an earlier clip is named. */
export interface FoundAddress extends AddressPair {
  /** UTF-16 code units from the start of the text. */
  start: number;
  end: number;
}

const addressKeys = [
  ...["url", "previewGif", "previewWebp", "thumbnailUrl"],
  ...["playUrl", "videoUrl", "downloadUrl", "storyboardUrl"],
] as const satisfies readonly (keyof Clip)[];

/** What of a clip files can name. */
export type Addresses = Pick<Clip, "id" | (typeof addressKeys)[number]>;

/** Pairs what files can say of an earlier clip with the same of a newer one. */
export function pairAddresses(before: Addresses, after: Addresses): AddressPair[] {
  const pairs = addressKeys.map((key) => ({ from: before[key], to: after[key] ?? undefined }));
  const addresses = pairs.flatMap(({ from, to }) => [from, to]);
  const hosts = addresses.flatMap((address) => findHost(address ?? "") ?? []);
  return [...pairs, { from: before.id, to: after.id, hosts: [...new Set(hosts)] }].filter(isPair);
}

/**
 * The addresses of an earlier clip that the service no longer has, where those of its clips hold their
 * ids.
 */
export function inferAddresses(id: string, after: Addresses): Addresses {
  const infer = (address: string | null | undefined) => address?.replaceAll(after.id, id);
  const entries = addressKeys.map((key) => [key, infer(after[key])]);
  return { ...Object.fromEntries(entries), id };
}

/** Finds all places of a text that name an earlier clip, in their order. */
export function findAddresses(text: string, pairs: readonly AddressPair[]): FoundAddress[] {
  const byText = new Map<string, AddressPair>();
  for (const pair of pairs.flatMap(listSpellings)) {
    if (byText.get(pair.from)?.to === undefined) byText.set(pair.from, pair);
  }
  if (byText.size === 0) return [];
  // Of addresses that begin alike the longest comes first.
  const longestFirst = [...byText.keys()].sort((one, other) => other.length - one.length);
  // The id of another clip can hold this one's.
  const pattern = `(?<![\\w-])(?:${longestFirst.map(escapePattern).join("|")})(?![\\w-])`;
  return [...text.matchAll(new RegExp(pattern, "g"))].flatMap(({ 0: from, index }) => {
    const { to, hosts } = byText.get(from) ?? {};
    if (hosts !== undefined && isElsewhere(text, index, hosts)) return [];
    return { ...{ from, to }, ...{ start: index, end: index + from.length } };
  });
}

// No address is longer than this many code units.
const longestAddress = 2_048;

/** Whether a place of a text is in an address of another host: an id there is that of another thing. */
function isElsewhere(text: string, index: number, hosts: readonly string[]): boolean {
  const [run = ""] =
    /[^\s"'<>`|]*$/.exec(text.slice(Math.max(0, index - longestAddress), index)) ?? [];
  const host = findHost(run);
  return host !== undefined && !hosts.includes(host);
}

/** The host of the last address in a text without spaces, with its port; empty where it is cut off. */
function findHost(text: string): string | undefined {
  const slashes = String.raw`(?://|\\/\\/)`;
  const last = String.raw`.*(?::${slashes}([^/\\?#]*)|(?:^|[(=])${slashes}([^/\\?#]+))`;
  const [, host, withoutScheme] = new RegExp(last).exec(text) ?? [];
  return (host ?? withoutScheme)?.toLowerCase();
}

function isPair(pair: {
  from: string | null | undefined;
  to: string | undefined;
}): pair is AddressPair {
  return typeof pair.from === "string" && pair.from !== "" && pair.from !== pair.to;
}

// In HTML an ampersand is a character reference, and some programs that write JSON escape slashes.
const spellings = [
  (address: string) => address,
  (address: string) => address.replaceAll("&", "&amp;"),
  (address: string) => address.replaceAll("/", "\\/"),
];

function listSpellings({ from, to, hosts }: AddressPair): AddressPair[] {
  return spellings.map((spell) => ({ from: spell(from), to: to && spell(to), hosts }));
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
