import type { CommentState, KeptClip } from "./state.js";

interface Comparing {
  sha?: string | undefined;
  base?: readonly KeptClip[] | undefined;
  fromBase?: boolean | undefined;
}

/** What the clips are compared with: a re-run of the same commit with the same clips as its first run. */
export function chooseBefore(
  { sha, base = [], fromBase = false }: Comparing,
  { sha: earlierSha, before, clips }: CommentState,
): readonly KeptClip[] {
  if (sha !== undefined && sha === earlierSha) return addBase(before, base, fromBase);
  return addBase(fromBase ? chooseFirst(before, clips) : clips, base, fromBase);
}

/**
 * The clips of a comment and those of the base, of each name one.
 *
 * @param fromBase whether those of the base come first
 */
export function addBase(
  clips: readonly KeptClip[],
  base: readonly KeptClip[],
  fromBase: boolean,
): readonly KeptClip[] {
  return fromBase ? chooseFirst(base, clips) : chooseFirst(clips, base);
}

/** For each name the clip of the first list, where that has it, else the one of the other. */
export function chooseFirst(
  preferred: readonly KeptClip[],
  others: readonly KeptClip[],
): readonly KeptClip[] {
  const names = new Set(preferred.map(({ name }) => name));
  return [...preferred, ...others.filter(({ name }) => !names.has(name))];
}
