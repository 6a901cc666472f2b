/** A time of a video in minutes, seconds and tenths, such as `0:05.2`. */
export function formatTenths(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return `${Math.floor(tenths / 600)}:${rest}`;
}
