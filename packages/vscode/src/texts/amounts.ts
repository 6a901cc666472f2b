import { splitDuration } from "@clipcourier/batch";
import { env, l10n } from "vscode";

const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `12.0 MiB`, with the decimal separator of the editor's language. */
export function formatBytes(bytes: number): string {
  const { amount, unit } = scale(bytes);
  return `${amount} ${unit}`;
}

/** `12.0 of 48.0 MiB` */
export function formatBytesOf(done: number, total: number): string {
  const whole = scale(total);
  return l10n.t("{0} of {1} {2}", scale(done, whole.step).amount, whole.amount, whole.unit);
}

function scale(bytes: number, given?: number): { amount: string; unit: string; step: number } {
  let step = 0;
  // 1023.95 would be written as 1024.0.
  while (step < units.length - 1 && bytes / 1024 ** step >= (step === 0 ? 1024 : 1023.95)) step++;
  step = given ?? step;
  const digits = step === 0 ? 0 : 1;
  return { amount: formatNumber(bytes / 1024 ** step, digits), unit: units[step] ?? "", step };
}

// Making one takes far longer than using it. The language of the editor stays.
const formats = new Map<number, Intl.NumberFormat>();

function formatNumber(number: number, digits: number): string {
  const style = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const format = formats.get(digits) ?? new Intl.NumberFormat(env.language, style);
  formats.set(digits, format);
  return format.format(number);
}

/** `12 s left`, `3 min left`, `2 h 5 min left` */
export function formatTimeLeft(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 100) return l10n.t("{0} s left", whole);
  const { hours, minutes } = splitDuration(Math.round(whole / 60) * 60_000);
  if (hours === 0) return l10n.t("{0} min left", minutes);
  return l10n.t("{0} h {1} min left", hours, minutes);
}

/** How long a video is, as a player shows it: `0:12`, `1:02:03`. */
export function formatPlayingTime(duration: number): string {
  const { hours, minutes, seconds } = splitDuration(duration * 1000);
  const parts = hours === 0 ? [minutes, seconds] : [hours, minutes, seconds];
  return parts
    .map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0")))
    .join(":");
}
