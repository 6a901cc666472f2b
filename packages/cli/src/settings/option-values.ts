import { linkTimeForm, parseLinkTime } from "@clipcourier/batch";
import { commentKeyForm, commentKeyPattern } from "@clipcourier/report";
import { InvalidArgumentError } from "commander";
import { parseByteSize } from "./byte-size.js";
import { parseDuration } from "./duration.js";

export function toCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number above 0.");
}

export function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError("It must be a port from 0 (any free one) to 65535.");
}

/** A port of loopback, or an address with a port. */
export function toListenAddress(text: string): { host: string; port: number } {
  const [, ipv6, host = ipv6, port = ""] =
    /^(?:(?:\[([\da-f:.]+)\]|([^\s:[\]/]+)):)?(\d{1,5})$/i.exec(text) ?? [];
  if (port === "" || Number(port) > 65_535) {
    throw new InvalidArgumentError("It must be a port, or an address such as 127.0.0.1:9464.");
  }
  return { host: host ?? "127.0.0.1", port: Number(port) };
}

export function toBytes(text: string): number {
  const bytes = parseByteSize(text);
  if (bytes !== undefined) return bytes;
  throw new InvalidArgumentError("It must be a size such as 500MB, 2GiB or 1048576.");
}

export function toMilliseconds(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new InvalidArgumentError("It must be a time such as 90s, 15m or 2h, at most 24 days.");
}

/** Milliseconds for which a link opens a private clip. */
export function toLinkTime(text: string): number {
  const milliseconds = parseLinkTime(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new InvalidArgumentError(`It must be ${linkTimeForm}.`);
}

export function toMediaType(text: string): string {
  if (/^[\w.+-]+\/[\w.+-]+$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a media type such as video/webm.");
}

/** Seconds, or `auto`. */
export function toThumbnailTime(text: string): number | "auto" {
  if (text === "auto") return text;
  if (/^\d+(\.\d+)?s?$/.test(text)) return Number.parseFloat(text);
  throw new InvalidArgumentError("It must be seconds such as 12 or 1.5, or auto.");
}

/** Origins, or `none`. */
export function toOrigins(text: string): string[] {
  if (text === "none") return [];
  return text.split(",").map((origin) => origin.trim());
}

export function toPublicUrl(text: string): string {
  const url = URL.parse(text);
  const isPlain = url && !url.search && !url.hash && !url.username && !url.password;
  if (isPlain && /^https?:$/.test(url.protocol)) return text;
  throw new InvalidArgumentError(
    "It must be an http or https address such as https://clips.example.com/.",
  );
}

export function toText(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("It must not be empty.");
}

export function toCommentKey(text: string): string {
  if (commentKeyPattern.test(text)) return text;
  throw new InvalidArgumentError(`It must be ${commentKeyForm}.`);
}

export function toCommit(text: string): string {
  if (/^[0-9a-f]{40}([0-9a-f]{24})?$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError("It must be a commit in full: 40 hex digits (or 64).");
}

/** `true` for the flag alone, a number of proxies, or their addresses and subnets. */
export function toTrustedProxies(text: string): number | string[] {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  return text.split(",").map((address) => address.trim());
}
