/** A share, from 0 to 1, for a person: `12 %`, below one in a hundred `0.4 %`, and `under 0.1 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "under 0.1 %";
  return `${percent < 1 ? Math.round(percent * 10) / 10 : Math.round(percent)} %`;
}
