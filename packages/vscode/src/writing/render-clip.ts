import type { Syntax } from "./syntaxes.js";

/** What a template can show of a clip. */
export interface ShownClip {
  id: string;
  /** The name of its file, which is data: it can hold the signs of any syntax. */
  title: string;
  url: string;
  thumbnail: string | null;
  /** An animated picture. */
  preview: string | null;
}

/**
 * Writes a clip in the syntax of a language. Without a preview its place is taken by the thumbnail,
 * and without both a link takes the place of the template.
 *
 * @param template with `${url}`, `${thumbnail}`, `${preview}`, `${id}` and `${title}`. Default: the
 *   template of the language
 */
export function renderClip(clip: ShownClip, syntax: Syntax, template?: string): string {
  const { escapeText } = syntax;
  const title = escapeText(toLine(clip.title));
  const url = toAddress(clip.url, syntax);
  if (url === undefined) return title;
  const thumbnail = toAddress(clip.thumbnail, syntax);
  const preview = toAddress(clip.preview, syntax);
  const picture = preview ?? thumbnail;
  const wanted = template || syntax.picture;
  const values = {
    ...{ id: escapeText(toLine(clip.id)), title, url },
    ...{ thumbnail: thumbnail ?? picture ?? "", preview: picture ?? "" },
  };
  const isPossible = picture !== undefined || !/\$\{(thumbnail|preview)\}/.test(wanted);
  return fill(isPossible ? wanted : syntax.link, values);
}

/**
 * A link that stands where a clip is going to be.
 *
 * @param marker what it is found by: unique, and an address without signs of any syntax
 */
export function renderPlaceholder(title: string, marker: string, syntax: Syntax): string {
  return fill(syntax.link, { title: syntax.escapeText(toLine(title)), url: marker });
}

/** The surroundings of a place in a text. */
export interface Surroundings {
  /** The line up to the place. */
  before: string;
  /** The line from the place on. */
  after: string;
  /** The line above, or nothing. */
  above: string;
  /** The line below, or nothing. */
  below: string;
}

/**
 * Gives a text of several lines lines of its own, with blank ones around it and the indentation of
 * its place, as a block needs them. A text of one line stays as it is.
 */
export function fitInto(text: string, { before, after, above, below }: Surroundings): string {
  if (!text.includes("\n")) return text;
  const indentation = /^\s*/.exec(before)?.[0] ?? "";
  const isBlank = (line: string) => line.trim() === "";
  const breakLine = (count: number) => "\n".repeat(count) + indentation;
  const lead = isBlank(before) ? (isBlank(above) ? "" : breakLine(1)) : breakLine(2);
  const tail = isBlank(after) ? (isBlank(below) ? "" : "\n") : breakLine(2);
  return lead + text.replaceAll("\n", breakLine(1)) + tail;
}

function fill(template: string, values: Record<string, string>): string {
  return template.replace(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** One line without control characters and without those that change the direction of what follows. */
function toLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/\p{Bidi_Control}/gu, "")
    .trim();
}

/** The address with the signs encoded that end an address somewhere; `undefined` if it is no web address. */
function toAddress(url: string | null, { escapeAddress }: Syntax): string | undefined {
  if (url === null || !URL.canParse(url)) return undefined;
  const { protocol, href, origin } = new URL(url);
  if (!/^https?:$/.test(protocol)) return undefined;
  // The origin stays: an IPv6 address has brackets.
  const rest = href.slice(href.indexOf("/", protocol.length + 2));
  const encoded = rest.replace(
    /[\s"'<>`()[\]{}|\\^*]|(?<=_)_|_$/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return escapeAddress(origin + encoded);
}
