/** `0.9 s`, `12 s`, `3 min 5 s`, `2 h 3 min` */
export function formatSeconds(time: number): string {
  if (time < 9.95) return `${time.toFixed(1)} s`;
  const seconds = Math.round(time);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 file`, `3 files` */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
