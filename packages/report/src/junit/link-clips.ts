import { readFile } from "node:fs/promises";
import type { UploadRecord } from "@clipcourier/batch";
import type { XmlElement } from "@rgrove/parse-xml";
import { addressOf } from "../gallery.js";
import { replaceFile } from "../replace-file.js";
import { type ClipLink, insertLinks } from "./insert-links.js";
import { ClipMatcher, type Match } from "./match-clips.js";
import { type JUnitReport, listChildren, parseReport } from "./report.js";

/** What became of one report. */
export interface JUnitOutcome {
  /** The path. */
  file: string;
  /** How many links it has been given. */
  links: number;
  /** Why it was left as it is, as a whole sentence; `undefined` when it was written, or had no link. */
  problem: string | undefined;
}

/**
 * Links clips into JUnit reports of other tools: into the test or the suite that a video belongs to, as
 * {@link ClipMatcher} says, and else into the suite of the first report, or into a suite of their own
 * where that has several.
 *
 * @param files the paths of the reports; one that is damaged does not keep the others from being written
 */
export async function linkClips(
  files: readonly string[],
  records: readonly UploadRecord[],
): Promise<JUnitOutcome[]> {
  const read = await Promise.all(files.map(readReport));
  const reports = read.flatMap((each) => (typeof each === "string" ? [] : each));
  const links = placeLinks(reports, records);
  return Promise.all(
    read.map(async (report, index) => {
      const file = files[index] ?? "";
      if (typeof report === "string") return { file, links: 0, problem: report };
      return writeReport(report, links.get(report) ?? new Map());
    }),
  );
}

/** The report, or what is wrong with it. */
async function readReport(file: string): Promise<JUnitReport | string> {
  try {
    return parseReport(file, await readFile(file));
  } catch (error) {
    return describe(error);
  }
}

type Links = Map<XmlElement, ClipLink[]>;

function placeLinks(
  reports: readonly JUnitReport[],
  records: readonly UploadRecord[],
): Map<JUnitReport, Links> {
  const placed = new Map<JUnitReport, Links>(reports.map((report) => [report, new Map()]));
  const matcher = new ClipMatcher(reports);
  for (const record of records) {
    const { file, id } = record;
    const url = addressOf(record);
    if (url === null) continue;
    const matches = matcher.find(file);
    for (const { report, element } of matches.length > 0 ? matches : findFirstPlace(reports)) {
      const links = placed.get(report);
      links?.set(element, [...(links.get(element) ?? []), { file, url, id }]);
    }
  }
  return placed;
}

/** Where the clips go that belong to no test: the only suite of the first report, else beside its suites. */
function findFirstPlace([report]: readonly JUnitReport[]): Match[] {
  if (report === undefined) return [];
  const { root } = report;
  const [suite, ...others] = listChildren(root, "testsuite");
  const isOnly = root.name === "testsuites" && suite !== undefined && others.length === 0;
  return [{ report, element: isOnly ? suite : root }];
}

async function writeReport(report: JUnitReport, links: Links): Promise<JUnitOutcome> {
  const { file, text } = report;
  const count = [...links.values()].flat().length;
  const linked = insertLinks(report, links);
  try {
    if (linked !== text) await replaceFile(file, linked);
    return { file, links: count, problem: undefined };
  } catch (error) {
    return { file, links: 0, problem: `${file} could not be written: ${describe(error)}` };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
