/** The cues of a storyboard in WebVTT. */
export interface Storyboard {
  columns: number;
  rows: number;
  /** The shorter side of a tile, in pixels. */
  thinnest: number;
  /** Seconds, and the number of the tile, from the left and then from the top. */
  list: { start: number; end: number; tile: number }[];
}

/** @throws Error where tiles are not of one size, or not in a grid */
export function parseStoryboard(vtt: string): Storyboard {
  if (!vtt.startsWith("WEBVTT")) throw new Error(`This is no WebVTT: ${vtt}`);
  const cue = /^(\S+) --> (\S+)[^\n]*\n\S+#xywh=(\d+),(\d+),(\d+),(\d+)$/gm;
  const cues = [...vtt.matchAll(cue)].map(([, start = "", end = "", ...box]) => {
    const [x = 0, y = 0, width = 0, height = 0] = box.map(Number);
    const thin = Math.min(width, height);
    return { start: toSeconds(start), end: toSeconds(end), x: x / width, y: y / height, thin };
  });
  if (!cues.every(({ x, y }) => Number.isInteger(x) && Number.isInteger(y))) {
    throw new Error(`These tiles are in no grid: ${vtt}`);
  }
  const columns = Math.max(...cues.map(({ x }) => x)) + 1;
  const rows = Math.max(...cues.map(({ y }) => y)) + 1;
  const list = cues.map(({ start, end, x, y }) => ({ start, end, tile: y * columns + x }));
  return { columns, rows, thinnest: Math.min(...cues.map(({ thin }) => thin)), list };
}

function toSeconds(time: string): number {
  return time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}
