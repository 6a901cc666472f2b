import { toPrintable } from "@clipcourier/batch";
import type { XmlElement } from "@rgrove/parse-xml";
import { type JUnitReport, listChildren } from "./report.js";

/** A clip that is linked. */
export interface ClipLink {
  /** The path of the video. */
  file: string;
  url: string;
  id: string | null;
}

/**
 * The text of the report with links in its elements. It is not written anew from what was read: the
 * links are inserted, and every other character stays.
 *
 * A `testcase` gets properties and a line of output for each clip, a `testsuite` the properties. In
 * `testsuites`, which cannot have properties, the links get a suite of their own.
 */
export function insertLinks(
  { text }: JUnitReport,
  links: ReadonlyMap<XmlElement, readonly ClipLink[]>,
): string {
  const edits = [...links].flatMap(([element, all]) => {
    const news = all.filter((link) => !isLinked(element, link));
    return news.length === 0 ? [] : editElement(text, element, news);
  });
  const inOrder = edits.sort((a, b) => a.start - b.start);
  const pieces = inOrder.map(({ start, put }, index) => {
    return text.slice(inOrder[index - 1]?.end ?? 0, start) + put;
  });
  return pieces.join("") + text.slice(inOrder.at(-1)?.end ?? 0);
}

interface Edit {
  start: number;
  end: number;
  put: string;
}

function editElement(text: string, element: XmlElement, links: readonly ClipLink[]): Edit[] {
  const properties = links.map(formatProperties).join("");
  if (element.name === "testsuites") {
    const suite = `<testsuite name="clips" tests="0" failures="0" errors="0" skipped="0">\n<properties>\n${properties}</properties>\n</testsuite>\n`;
    return insertInto(text, element, "", suite);
  }
  const [known] = listChildren(element, "properties");
  const [output] = listChildren(element, "system-out");
  const lines = element.name === "testcase" ? links.map(formatLine).join("") : "";
  const atStart = known === undefined ? `\n<properties>\n${properties}</properties>` : "";
  const atEnd = output === undefined && lines !== "" ? `<system-out>${lines}</system-out>\n` : "";
  return [
    ...(known === undefined ? [] : insertInto(text, known, "", properties)),
    ...(output === undefined || lines === "" ? [] : insertInto(text, output, "", `\n${lines}`)),
    ...(atStart + atEnd === "" ? [] : insertInto(text, element, atStart, atEnd)),
  ];
}

/** Inserts markup after the start tag and before the end tag. */
function insertInto(text: string, element: XmlElement, atStart: string, atEnd: string): Edit[] {
  const { name, end, children } = element;
  if (text.startsWith("/>", end - 2)) {
    return [{ start: end - 2, end, put: `>${atStart}${atEnd}</${name}>` }];
  }
  // The search begins before `end`, where the end tag of the parent may begin.
  const endTag = text.lastIndexOf("</", end - 1);
  const afterStartTag = children[0]?.start ?? endTag;
  return [
    { start: afterStartTag, end: afterStartTag, put: atStart },
    { start: endTag, end: endTag, put: atEnd },
  ];
}

function isLinked(element: XmlElement, { url }: ClipLink): boolean {
  return [element, ...listChildren(element, "testsuite")]
    .flatMap((each) => listChildren(each, "properties"))
    .flatMap((each) => listChildren(each, "property"))
    .some(({ attributes }) => attributes.name === "clip" && attributes.value === url);
}

function formatProperties({ url, id }: ClipLink): string {
  const link = `<property name="clip" value="${escapeXml(url)}"/>\n`;
  return id === null ? link : `${link}<property name="clip-id" value="${escapeXml(id)}"/>\n`;
}

function formatLine({ file, url }: ClipLink): string {
  return `${escapeXml(`Clip of ${file}: ${url}`)}\n`;
}

/** For text and for attributes. What XML cannot hold becomes U+FFFD. */
function escapeXml(text: string): string {
  return toPrintable(text)
    .toWellFormed()
    .replace(/[\ufffe\uffff]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
