import { describe, expect, test } from "vitest";
import { formatAge, untilOlder } from "../src/texts/age.js";

const date = Date.parse("2026-03-01T12:00:00.000Z");
const at = (later: string) => Date.parse(later);

describe.each([
  ["2026-03-01T11:59:00Z", "now", "jetzt", "今"],
  ["2026-03-01T12:00:59.999Z", "now", "jetzt", "今"],
  ["2026-03-01T12:01:00Z", "1 minute ago", "vor 1 Minute", "1 分前"],
  ["2026-03-01T14:59:59Z", "2 hours ago", "vor 2 Stunden", "2 時間前"],
  ["2026-03-02T12:00:00Z", "1 day ago", "vor 1 Tag", "1 日前"],
  ["2026-05-05T12:00:00Z", "2 months ago", "vor 2 Monaten", "2 か月前"],
  ["2029-03-02T12:00:00Z", "3 years ago", "vor 3 Jahren", "3 年前"],
])("at %s", (now, english, german, japanese) => {
  test("the age is told in the language", () => {
    const texts = ["en", "de", "ja"].map((language) => formatAge(date, at(now), language));
    expect(texts).toEqual([english, german, japanese]);
  });

  test("the text changes after the time that is told, and not before", () => {
    // The service's clock can be ahead: its clips are new.
    const start = Math.max(at(now), date);
    const change = start + untilOlder(date, start);
    expect(formatAge(date, change - 1, "en")).toBe(english);
    expect(formatAge(date, change, "en")).not.toBe(english);
  });
});
