const units = ["bytes", "KiB", "MiB", "GiB", "TiB"] as const;

/** `12.0 MiB` */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 1023.95 would be written as 1024.0.
  while (value >= (unit === 0 ? 1024 : 1023.95) && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

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

/** The bytes that `500MB`, `2 GiB` or `1048576` says; `undefined` when it says none. */
export function parseByteSize(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const multiple = multiples[unit.toLowerCase()];
  if (number === undefined || multiple === undefined) return undefined;
  const bytes = Math.round(Number(number) * multiple);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}
