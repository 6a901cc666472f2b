/** How to display a stored picture: an FFmpeg filter, and whether width and height are swapped. */
export interface Orientation {
  filter: string;
  sidesSwapped: boolean;
}

const upright: Orientation = { filter: "null", sidesSwapped: false };

/**
 * Reads a display matrix: nine 32-bit integers in native byte order, as phones write for videos
 * recorded upright. Quarter turns and mirroring are applied; other angles are ignored.
 */
export function readOrientation(matrix: Buffer | null): Orientation {
  if (!matrix || matrix.length < 36) return upright;
  const [a, b, , c, d] = new Int32Array(Uint8Array.from(matrix).buffer, 0, 9);
  if (a === undefined || b === undefined || c === undefined || d === undefined) return upright;
  if (Math.abs(b) > Math.abs(a)) {
    return { filter: `transpose=${quarterTurn(b, c)}`, sidesSwapped: true };
  }
  const mirrors = [a < 0 ? "hflip" : "", d < 0 ? "vflip" : ""].filter((name) => name !== "");
  return mirrors.length > 0 ? { filter: mirrors.join(","), sidesSwapped: false } : upright;
}

function quarterTurn(b: number, c: number): string {
  if (b > 0) return c > 0 ? "cclock_flip" : "clock";
  return c > 0 ? "cclock" : "clock_flip";
}
