const minute = 60_000;
// Engines take requests that are up to 15 minutes off, and the URL of a probe lives for 5.
const leastSkew = 2 * minute;

/**
 * How wrong the clock of this machine is by the `Date` of an answer, such as `2 h 5 min behind that of
 * the bucket`. `null` where the two are near each other, or the answer has none.
 */
export function describeSkew(date: string | null | undefined): string | null {
  const skew = Date.parse(date ?? "") - Date.now();
  if (!(Math.abs(skew) >= leastSkew)) return null;
  const minutes = Math.round(Math.abs(skew) / minute);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  const parts = [
    ...(days > 0 ? [`${days} d`] : []),
    ...(hours > 0 ? [`${hours} h`] : []),
    // Of days nobody needs the minutes.
    ...(days === 0 && minutes % 60 > 0 ? [`${minutes % 60} min`] : []),
  ];
  return `${parts.join(" ")} ${skew > 0 ? "behind" : "ahead of"} that of the bucket`;
}
