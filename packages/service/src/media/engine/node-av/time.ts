import type { IRational } from "node-av/lib";

/** Converts a timestamp. */
export function toSeconds(ticks: bigint, { num, den }: IRational): number {
  return (Number(ticks) * num) / den;
}

/** Converts seconds to a timestamp at or before them. */
export function toTicks(seconds: number, { num, den }: IRational): bigint {
  return BigInt(Math.floor((seconds * den) / num));
}
