/** Seconds of `12`, `12.5`, `90s`, `1m30s`, `1h2m3s`, `1:30` or `1:02:03`; `null` for any other text. */
export function parseTime(text: string | undefined): number | null {
  const units = /^(?:(\d{1,4})h)?(?:(\d{1,6})m)?(?:(\d{1,8}(?:\.\d{1,3})?)s?)?$/i;
  const clock = /^(?:(\d{1,4}):)?(\d{1,6}):(\d{1,2}(?:\.\d{1,3})?)$/;
  const match = text ? (units.exec(text) ?? clock.exec(text)) : null;
  if (!match) return null;
  const [, hours = 0, minutes = 0, seconds = 0] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** `0:07`, `12:05` or `3:00:00`. */
export function formatTime(seconds: number): string {
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const pad = (value: number) => String(value).padStart(2, "0");
  const rest = `${hours > 0 ? pad(minutes) : minutes}:${pad(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
