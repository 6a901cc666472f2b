import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Chapter, isDirectUploadError, parseChapters } from "../src/index.js";
import { formatChapters } from "../src/protocol/wire.js";

/** The message of a refusal, which is never of another kind. */
function refusalOf(text: string): string | undefined {
  try {
    parseChapters(text);
    return undefined;
  } catch (error) {
    if (!isDirectUploadError(error, "invalid_option")) throw error;
    return error.message;
  }
}

describe("WebVTT", () => {
  it("is read with identifiers, settings, comments, styles and every way to end a line", () => {
    const lines = [
      ...["\uFEFFWEBVTT - of a take", "Kind: chapters", ""],
      ...["NOTE the first", "", "STYLE", "::cue { color: red }", ""],
      ...["1", "00:00.000 --> 00:04.500", "Sign in", ""],
      ...[
        "",
        "two",
        "00:04.500\t-->  01:00:10.250 align:start",
        "Tom &amp; Ann:",
        " a &lt; b&nbsp;!",
        "",
      ],
      ...["NOTEBOOK", "02:00:00.001 --> 100:00:00.000", "The end &unknown;"],
    ];
    const chapters = [
      { start: 0, end: 4.5, title: "Sign in" },
      { start: 4.5, end: 3610.25, title: "Tom & Ann: a < b\u00A0!" },
      { start: 7200.001, end: 360_000, title: "The end &unknown;" },
    ];
    for (const end of ["\n", "\r\n", "\r"])
      expect(parseChapters(lines.join(end))).toEqual(chapters);
  });

  it.each([
    ["", "it is not WebVTT: its first line must be WEBVTT"],
    ["WEBVTTs\n\n00:00.000 --> 00:01.000\na", "it is not WebVTT"],
    ["1\n00:00:00,000 --> 00:00:01,000\na", "it is not WebVTT"],
    ["WEBVTT\n", "it has no cue, such as 00:00.000 --> 00:04.500"],
    ["WEBVTT\n\na\nb\n00:00.000 --> 00:01.000", "line 4: a cue needs its times here"],
    ["WEBVTT\n\n00:00.000-->00:01.000\na", "line 3: a cue needs its times here"],
    ["WEBVTT\n\n0:00.000 --> 00:01.000\na", "line 3: a cue needs its times here"],
    ["WEBVTT\n\n00:00,000 --> 00:01,000\na", "line 3: a cue needs its times here"],
    ["WEBVTT\n\n00:60.000 --> 01:01.000\na", "line 3: a cue needs its times here"],
    ["WEBVTT\n\n00:00.000 --> 00:01.000\na\n<b>b</b>", "line 5: a title has no markup"],
    ["WEBVTT\n\n00:00.000 --> 00:01.000\na\n00:01.000 --> 00:02.000\nb", "line 5: a title has no"],
    ["WEBVTT\n\n00:00.000 --> 00:01.000\n", "line 3: chapter 1: the title must not be empty"],
    [
      "WEBVTT\n\n00:01.000 --> 00:01.000\na",
      "line 3: chapter 1: the end must be later than the start",
    ],
    [
      "WEBVTT\n\n00:00.000 --> 00:02.000\na\n\n00:01.000 --> 00:03.000\nb",
      "line 6: chapter 2: must not begin before chapter 1 ends",
    ],
    [
      "WEBVTT\n\n99:59:59.000 --> 100:00:00.001\na",
      "line 3: chapter 1: the end must be at most 100 hours",
    ],
  ])("%j is refused", (text, problem) => {
    expect(refusalOf(text)).toContain(`The chapters cannot be read: ${problem}`);
  });

  const titles = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
    .map((title) =>
      title
        .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, "")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .filter((title) => title !== "");
  const parts = fc.array(fc.tuple(fc.integer({ min: 1, max: 9_000_000 }), titles), {
    ...{ minLength: 1, maxLength: 5 },
  });
  const lists = parts.map((drawn) => {
    let last = 0;
    return drawn.map(([milliseconds, title]): Required<Chapter> => {
      const start = last / 1000;
      last += milliseconds;
      return { start, end: last / 1000, title };
    });
  });

  it("is read as it was written, whatever the titles are", () => {
    fc.assert(
      fc.property(lists, (chapters) => {
        expect(parseChapters(formatChapters(chapters))).toEqual(chapters);
      }),
    );
  });

  it("with other text in it is read or refused, and nothing else", () => {
    const pieces = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom("\u0000", "\u2028", "\ud800", "\u202e", "\ufeff"),
      fc.constantFrom(
        "\n",
        "\r",
        "\n\n",
        "-->",
        " --> ",
        "00:00.000",
        "NOTE",
        "WEBVTT",
        "<b>",
        "&",
      ),
    );
    const spoiled = fc.tuple(lists, fc.array(fc.tuple(fc.nat(400), pieces), { maxLength: 6 }));
    fc.assert(
      fc.property(spoiled, ([chapters, changes]) => {
        const text = changes.reduce(
          (all, [at, piece]) => all.slice(0, at) + piece + all.slice(at),
          formatChapters(chapters),
        );
        if (refusalOf(text) !== undefined) return;
        for (const { title } of parseChapters(text)) expect(title).not.toMatch(/[\r\n]/);
      }),
    );
  });
});
