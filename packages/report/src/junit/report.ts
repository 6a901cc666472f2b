import {
  parseXml,
  type XmlDocument,
  XmlDocumentType,
  XmlElement,
  XmlError,
} from "@rgrove/parse-xml";

/** A JUnit report cannot be read, or is not one. The message names the file and what is wrong. */
class InvalidJUnitError extends Error {
  override readonly name = "InvalidJUnitError";
}

/** A JUnit report. Elements know where in `text` they begin and end. */
export interface JUnitReport {
  /** The path. */
  file: string;
  text: string;
  root: XmlElement;
  /** Also those within other suites; the root is one of them where it is a suite. */
  suites: XmlElement[];
  cases: XmlElement[];
}

/** @throws InvalidJUnitError when it is no JUnit report, is damaged, or has a document type */
export function parseReport(file: string, content: Uint8Array): JUnitReport {
  const text = decode(file, content);
  const { root } = parse(file, text);
  const isReport = root?.name === "testsuites" || root?.name === "testsuite";
  if (!isReport) {
    throw new InvalidJUnitError(
      `${file} is not a JUnit report: its root is <${root?.name ?? ""}>, not <testsuites> or <testsuite>.`,
    );
  }
  const suites = [...findElements(root, "testsuite")];
  return { file, text, root, suites, cases: [...findElements(root, "testcase")] };
}

function decode(file: string, content: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw new InvalidJUnitError(
      `${file} is not UTF-8 text. Have the tool that writes it use UTF-8; it was left as it is.`,
    );
  }
}

function parse(file: string, text: string): XmlDocument {
  const document = tryToParse(file, text);
  // What a document type defines is not expanded here, and might mean more to whoever reads it next.
  if (document.children.some((child) => child instanceof XmlDocumentType)) {
    throw new InvalidJUnitError(
      `${file} has a document type (<!DOCTYPE …>), which no test tool writes. It was left as it is.`,
    );
  }
  return document;
}

function tryToParse(file: string, text: string): XmlDocument {
  try {
    return parseXml(text, { includeOffsets: true, preserveDocumentType: true });
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    // The lines after the first one quote the report.
    const [reason = ""] = error.message.split("\n");
    throw new InvalidJUnitError(
      `${file} is damaged: ${reason}. It was left as it is; look whether the tests were stopped while it was written.`,
    );
  }
}

/** The element and those in it, at any depth, that have this name, in the order of the document. */
export function* findElements(element: XmlElement, name: string): Generator<XmlElement> {
  if (element.name === name) yield element;
  for (const child of listChildren(element)) yield* findElements(child, name);
}

/** The child elements that have this name, or all. */
export function listChildren(element: XmlElement, name?: string): XmlElement[] {
  return element.children
    .filter((child) => child instanceof XmlElement)
    .filter((child) => name === undefined || child.name === name);
}
