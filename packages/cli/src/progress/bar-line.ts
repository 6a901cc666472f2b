import cliTruncate from "cli-truncate";
import stringWidth from "string-width";

/** What the bar shows. */
export interface BarState {
  /** The file's name, or how many of the files have finished. */
  label: string;
  /** 0 to 100; `undefined` for no bar. */
  percent: number | undefined;
  /** `4.1 MiB of 12.0 MiB`, `8.0 MiB/s`, `1.0 s left` */
  facts: readonly string[];
}

// In columns. At 80 there is room for a name, a bar, the amount, the speed and the time left; at 40
// for a name, a bar and the time left.
const leastLabel = 12;
const leastBar = 6;
const mostBar = 24;
const gap = "  ";

/** One line of at most `columns` columns. What a narrow window has no room for is left out. */
export function renderBar({ label, percent, facts }: BarState, columns: number): string {
  const figure = percent === undefined ? "" : `${percent} %`.padStart(5);
  const bar = percent === undefined ? 0 : leastBar;
  const wanted = Math.min(stringWidth(label), leastLabel) + bar;
  for (let left = 0; left <= facts.length; left++) {
    const text = facts.slice(left).join(", ");
    const fixed = [figure, text].filter((piece) => piece !== "");
    const gaps = gap.length * (fixed.length + (bar === 0 ? 0 : 1));
    const room = columns - gaps - stringWidth(fixed.join(""));
    if (room < wanted) continue;
    const name = shorten(label, room - bar);
    const pieces = [name, drawBar(percent, room - stringWidth(name)), ...fixed];
    return pieces.filter((piece) => piece !== "").join(gap);
  }
  const start = percent === undefined ? "" : `${figure.trim()}${gap}`;
  return `${start}${shorten(label, columns - start.length)}`;
}

function drawBar(percent: number | undefined, room: number): string {
  if (percent === undefined) return "";
  const width = Math.min(room, mostBar);
  const filled = Math.floor((percent / 100) * width);
  return `${"█".repeat(filled)}${"░".repeat(width - filled)}`;
}

// The end of a path, which has the file name, is kept.
function shorten(text: string, columns: number): string {
  return cliTruncate(text, columns, { position: "start" });
}
