/** `0.9 s`, `12 s`, `3 min 5 s`, `2 h 3 min` */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 9_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const multiples: Readonly<Record<string, number>> = {
  "": 1000,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

// What a timer can hold.
const longest = 2 ** 31 - 1;

/** The milliseconds that `90`, `90s`, `15m` or `2h` says; `undefined` when it says none. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const multiple = multiples[unit.toLowerCase()];
  if (number === undefined || multiple === undefined) return undefined;
  const milliseconds = Math.round(Number(number) * multiple);
  return milliseconds > 0 && milliseconds <= longest ? milliseconds : undefined;
}
