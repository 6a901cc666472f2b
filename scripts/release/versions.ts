/**
 * The order of released versions, without a library: the jobs that publish and tag install nothing.
 */
type Parts = [major: number, minor: number, patch: number];

/** The three numbers of a released version, and nothing for one before the release. */
export function partsOf(version: string): Parts | undefined {
  const [, ...parts] = version.match(/^(\d+)\.(\d+)\.(\d+)$/) ?? [];
  const [major, minor, patch] = parts.map(Number);
  return major === undefined || minor === undefined || patch === undefined
    ? undefined
    : [major, minor, patch];
}

/** More than 0 where `one` is the higher version. */
export function compareParts(one: Parts, other: Parts): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
}
