const multiples: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** The bytes that `500MB`, `2 GiB` or `1048576` stands for; `undefined` for any other text. */
export function parseByteSize(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const multiple = multiples[unit.toLowerCase()];
  if (number === undefined || multiple === undefined) return undefined;
  // There is no half of a byte.
  if (multiple === 1 && number.includes(".")) return undefined;
  const bytes = Math.round(Number(number) * multiple);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}
