const multiples: Readonly<Record<string, number>> = {
  "": 1000,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

// The longest that a timer of Node.js can wait.
const longest = 2 ** 31 - 1;

/** The milliseconds that `90`, `90s`, `15m` or `2h` stands for; `undefined` for any other text. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const multiple = multiples[unit.toLowerCase()];
  if (number === undefined || multiple === undefined) return undefined;
  const milliseconds = Math.round(Number(number) * multiple);
  return milliseconds > 0 && milliseconds <= longest ? milliseconds : undefined;
}
