import { BarView } from "./bar.js";
import { LinesView } from "./lines.js";
import type { ProgressView, ShownBatch } from "./view.js";

/** A bar on a terminal, lines elsewhere, nothing with `--quiet`. */
export function createProgressView(
  batch: ShownBatch,
  stream: NodeJS.WriteStream,
  isQuiet: boolean,
): ProgressView {
  if (isQuiet) return quietView;
  const isTerminal = stream.isTTY && process.env.TERM !== "dumb";
  return isTerminal ? new BarView(batch, stream) : new LinesView(batch, stream);
}

const quietView: ProgressView = {
  update() {},
  clear() {},
  print() {},
  [Symbol.dispose]() {},
};
