import path from "node:path";
import type { XmlElement } from "@rgrove/parse-xml";
import { type JUnitReport, listChildren } from "./report.js";

/** An element of a report that a video belongs to: a `testcase` or a `testsuite`. */
export interface Match {
  report: JUnitReport;
  element: XmlElement;
}

/**
 * Finds the elements of reports that videos belong to. For each video, the first of these that there is:
 *
 * 1. all tests and suites whose output names the file: `[[ATTACHMENT|../out/video.webm]]`, as the
 *    reporter of Playwright writes it, from the folder of the report or the working folder
 * 2. the only test whose name, or class and name, is that of the file or its folder
 * 3. the only suite whose source file, or name, is that of the file: `login.cy.js.mp4`
 */
export class ClipMatcher {
  /** By absolute path. */
  readonly #attached = new Map<string, Match[]>();
  readonly #cases = new Map<string, Match[]>();
  readonly #suites = new Map<string, Match[]>();

  constructor(reports: readonly JUnitReport[]) {
    for (const report of reports) {
      for (const element of report.cases)
        addTo(this.#cases, nameCase(element), { report, element });
      for (const element of report.suites) {
        addTo(this.#suites, nameSuite(element), { report, element });
      }
      for (const element of [...report.cases, ...report.suites]) {
        addTo(this.#attached, listAttachments(element, report.file), { report, element });
      }
    }
  }

  /** @param file the path of the video, from the working folder */
  find(file: string): Match[] {
    const attached = this.#attached.get(path.resolve(file));
    if (attached !== undefined) return attached;
    const { name, dir } = path.posix.parse(file.replaceAll("\\", "/"));
    const folder = simplify(path.posix.basename(dir));
    // pytest-playwright names the folder after the source file, too: test-cart-py-test-adds-item.
    const names = new Set([simplify(name), folder, folder.replace("-py-", "-")]);
    const named = new Set([...names].flatMap((each) => this.#cases.get(each) ?? []));
    const found = named.size > 0 ? [...named] : (this.#suites.get(simplify(name)) ?? []);
    // Of several, it is not known which one.
    return found.length === 1 ? found : [];
  }
}

function addTo(all: Map<string, Match[]>, keys: Iterable<string>, match: Match): void {
  for (const key of new Set(keys)) {
    const known = all.get(key);
    if (known === undefined) all.set(key, [match]);
    else known.push(match);
  }
}

/** The absolute paths of the files that the output of a test or a suite names. */
function listAttachments(element: XmlElement, report: string): string[] {
  const outputs = [
    ...listChildren(element, "system-out"),
    ...listChildren(element, "system-err"),
  ].map(({ text }) => text);
  const named = [...outputs.join("\n").matchAll(/\[\[ATTACHMENT\|([^\]\n]+)\]\]/g)];
  return named.flatMap(([, file = ""]) => [
    path.resolve(path.dirname(report), file),
    path.resolve(file),
  ]);
}

function nameCase({ attributes: { name = "", classname = "" } }: XmlElement): string[] {
  return [name, `${classname} ${name}`].map(simplify).filter((each) => each !== "");
}

function nameSuite({ attributes: { name = "", file = "" } }: XmlElement): string[] {
  return [name, file]
    .map((each) => simplify(path.posix.basename(each.replaceAll("\\", "/"))))
    .filter((each) => each !== "");
}

/** Letters and digits, with a dash for what stands between them: as tools name files after tests. */
function simplify(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
}
