import {
  type Clip,
  type ClipState,
  noStatements,
  notSeen,
  noWishes,
} from "../src/catalog/clip-state.js";

/** When the clips are made that `makeClip` makes, in milliseconds since 1970. */
export const start = 1_700_000_000_000;

export const nameOf = (letter: string) => letter.repeat(24);

/** The state of a clip whose id has this letter alone, in an account of its own. */
export function makeClip(letter: string, changes: Partial<Clip> = {}): Clip {
  const state: ClipState = {
    ...{ id: nameOf(letter), account: `acc_${letter}`, asset: "videoclip" },
    ...{ checksum: "0".repeat(32), status: "pending", reason: null, version: "v", upload: null },
    ...{ size: 1, mime: "video/mp4", filename: null, createdOn: new Date(start).toISOString() },
    ...{ ...notSeen, ...noStatements, ...noWishes },
  };
  return { ...state, ...changes } as Clip;
}
