import * as v from "valibot";
import type { Chapter } from "../clip.js";
import { DirectUploadError } from "../errors.js";

/** The most chapters that a clip can have. */
export const maxChapterCount = 200;

/** The longest title of a chapter, in characters (UTF-16 code units). */
export const maxChapterTitle = 200;

// Seconds. WebVTT has more, but no clip does.
const latest = 100 * 60 * 60;

const milliseconds = v.transform((seconds: number) => Math.round(seconds * 1000) / 1000);
const time = v.pipe(
  v.number("must be a number of seconds"),
  v.finite("must be a number of seconds"),
  milliseconds,
  v.minValue(0, "must be 0 or more"),
  v.maxValue(latest, "must be at most 100 hours"),
);
const title = v.pipe(
  v.string("must be a text"),
  v.regex(/\S/, "must not be empty"),
  v.maxLength(maxChapterTitle, `must have at most ${maxChapterTitle} characters`),
  v.check((text) => text.isWellFormed(), "must be valid Unicode"),
  v.regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "must be one line without control characters"),
);
const chapter = v.object({ start: time, end: v.exactOptional(time), title });
const format = "must be a list of chapters, each with a start and a title";

/** The chapters that a client gives: in the order of time, none over another. */
const chaptersSchema = v.pipe(
  v.array(chapter, format),
  v.maxLength(
    maxChapterCount,
    ({ received }) => `there must be at most ${maxChapterCount}, and not ${received}`,
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const message = findDisorder(dataset.value);
    if (message !== undefined) addIssue({ message });
  }),
);

/** Chapters as they are kept, or a sentence that says what is wrong with them. */
export type CheckedChapters =
  | { chapters: Chapter[]; problem?: never }
  | { chapters?: never; problem: string };

/** Checks chapters that somebody gives; the sentence has no name of the option or the parameter. */
export function checkChapters(given: unknown): CheckedChapters {
  const parsed = v.safeParse(chaptersSchema, given);
  if (parsed.success) return { chapters: parsed.output };
  const [{ path = [], message, type, kind }] = parsed.issues;
  const [place, key] = path.map((item) => item.key);
  if (typeof place !== "number") return { problem: message };
  const isOwn = kind === "validation" || type === "number" || type === "string";
  const wrong = isOwn ? `the ${String(key)} ${message}` : "needs a start and a title";
  return { problem: `chapter ${place + 1}: ${wrong}` };
}

/** Throws `invalid_option` for chapters that no service takes. */
export function requireChapters(chapters: readonly Chapter[]): void {
  const { problem } = checkChapters(chapters);
  if (problem !== undefined) {
    throw new DirectUploadError("invalid_option", `chapters: ${problem}.`);
  }
}

function findDisorder(chapters: readonly Chapter[]): string | undefined {
  for (const [index, { start, end = Infinity }] of chapters.entries()) {
    const number = index + 1;
    if (end <= start) return `chapter ${number}: the end must be later than the start`;
    const next = chapters[number];
    if (next === undefined) return undefined;
    if (next.start <= start) return `chapter ${number + 1}: must begin after chapter ${number}`;
    if (end !== Infinity && next.start < end) {
      return `chapter ${number + 1}: must not begin before chapter ${number} ends`;
    }
  }
  return undefined;
}
