/** The page of a clip, which opens at this second. */
export function linkTo(url: string, seconds: number | undefined): string {
  if (seconds === undefined || !URL.canParse(url)) return url;
  const link = new URL(url);
  link.searchParams.set("t", String(seconds));
  return link.href;
}
