import { setOutput } from "@actions/core";
import { countOutcome, type UploadRecord } from "@clipcourier/batch";
import { buildMarkdown } from "@clipcourier/report";
import { setChangeOutputs } from "../compare.js";
import { warn } from "../runner/log.js";

// A job's outputs may have 1 MiB together, which GitHub counts as UTF-16: 524,288 characters. The
// Markdown has up to 65,536 of them.
const mostCharacters = { clips: 280_000, ids: 60_000, urls: 100_000 } as const;

let areSet = false;

/** Sets every output as of no clips, unless this step has set them already. */
export function setMissingOutputs(): void {
  if (!areSet) setOutputs([], undefined);
}

/** Sets every output. Those that are too large for the runner are cut. */
export function setOutputs(
  records: readonly UploadRecord[],
  resultsFile: string | undefined,
): void {
  // A file that failed can have a clip, which has failed or is still being made.
  const clips = records.filter(({ error }) => error === null);
  const ids = clips.flatMap(({ id }) => id ?? []);
  const urls = clips.flatMap(({ url }) => url ?? []);
  const lists = {
    clips: cutList(records, mostCharacters.clips),
    "clip-ids": cutList(ids, mostCharacters.ids),
    urls: cutList(urls, mostCharacters.urls),
  };
  for (const [name, { text }] of Object.entries(lists)) setOutput(name, text);
  setOutput("clip-id", ids[0] ?? "");
  setOutput("uploaded-count", countOutcome(records, "uploaded"));
  setOutput("known-count", countOutcome(records, "known"));
  setOutput("failed-count", countOutcome(records, "failed"));
  setOutput(
    "bytes-sent",
    records.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
  );
  setOutput("markdown", buildMarkdown(records));
  // Those of a comparison are empty where there is none. One is made after this, and sets them again.
  setChangeOutputs(undefined);
  areSet = true;
  const cut = Object.entries(lists).filter(([, { isCut }]) => isCut);
  if (cut.length > 0)
    warnOfCut(
      cut.map(([name]) => name),
      resultsFile,
    );
}

/** A JSON array of as many of the first values as fit. */
function cutList(values: readonly unknown[], most: number): { text: string; isCut: boolean } {
  const texts: string[] = [];
  let length = 2;
  for (const value of values) {
    const text = JSON.stringify(value);
    length += text.length + 1;
    if (length > most) break;
    texts.push(text);
  }
  return { text: `[${texts.join(",")}]`, isCut: texts.length < values.length };
}

function warnOfCut(names: string[], resultsFile: string | undefined): void {
  const whole =
    resultsFile === undefined
      ? "Give results-file to have the whole."
      : `${resultsFile} has the whole.`;
  warn(`A job's outputs hold 1 MB: ${names.join(", ")} hold the first clips only. ${whole}`);
}
