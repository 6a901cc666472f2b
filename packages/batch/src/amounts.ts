/** A time in whole seconds, as a person counts it. */
export interface Duration {
  hours: number;
  /** 0 to 59. */
  minutes: number;
  /** 0 to 59. */
  seconds: number;
}

/** Rounds to whole seconds first, so that 59.6 seconds are 1 minute and not 60 seconds. */
export function splitDuration(milliseconds: number): Duration {
  const whole = Math.round(milliseconds / 1000);
  return {
    hours: Math.floor(whole / 3600),
    minutes: Math.floor(whole / 60) % 60,
    seconds: whole % 60,
  };
}

/** A time for a person, in English: `0.9 s`, `12 s`, `3 min 5 s`, `2 h 3 min`. */
export function formatDuration(milliseconds: number): string {
  // 9.95 s would be written as 10.0 s.
  if (milliseconds < 9_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const { hours, minutes, seconds } = splitDuration(milliseconds);
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds} s` : `${seconds} s`;
}

/** `1 file`, `3 files` */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Whole percent, rounded down so that 100 means all of it; 0 of a whole that is 0. */
export function toPercent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((100 * part) / whole);
}
