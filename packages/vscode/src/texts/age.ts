const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const units = [
  ["year", 365.25 * day],
  ["month", 30.4375 * day],
  ["day", day],
  ["hour", hour],
  ["minute", minute],
] as const;

// Making one takes far longer than using it, and a list has up to a thousand ages.
const formats = new Map<string, Intl.RelativeTimeFormat>();

/**
 * How long ago a moment is, in whole units: `2 hours ago`; in the first minute `now`.
 *
 * @param time milliseconds since 1970
 * @param now milliseconds since 1970
 * @param language of the text, as in BCP 47
 */
export function formatAge(time: number, now: number, language: string): string {
  const age = ageOf(time, now);
  const [unit, length] = unitOf(age);
  // Always a number except for `now`: "yesterday" would not be true of every 24 hours.
  const numeric = age < minute ? "auto" : "always";
  const key = `${language} ${numeric}`;
  const format = formats.get(key) ?? new Intl.RelativeTimeFormat(language, { numeric });
  formats.set(key, format);
  return format.format(-Math.floor(age / length), unit);
}

/** In how many milliseconds `formatAge` gives another text. */
export function untilOlder(time: number, now: number): number {
  const age = ageOf(time, now);
  const length = Math.max(unitOf(age)[1], minute);
  return length - (age % length);
}

// The clock of the service can be ahead of this one.
function ageOf(time: number, now: number): number {
  return Math.max(0, now - time);
}

function unitOf(age: number): readonly [Intl.RelativeTimeFormatUnit, number] {
  return units.find(([, length]) => age >= length) ?? ["second", minute];
}
