import type { UploadProgress } from "@clipcourier/core";
import type { FoundFile } from "./find-files.js";
import { BarView } from "./progress-bar.js";
import { LinesView } from "./progress-lines.js";

/** Shows on stderr how far a batch is. */
export interface ProgressView extends Disposable {
  update(progress: UploadProgress): void;
  /** The file is done, and a line about it may be printed now. */
  finish(file: string): void;
  /** Prints a line that is no result. */
  tell(text: string): void;
}

/** A bar on a terminal, lines elsewhere, nothing where quiet is wanted. */
export function createProgressView(
  files: readonly FoundFile[],
  stream: NodeJS.WriteStream,
  isQuiet: boolean,
): ProgressView {
  if (isQuiet) return quietView;
  const isTerminal = stream.isTTY && process.env.TERM !== "dumb";
  return isTerminal ? new BarView(files, stream) : new LinesView(files, stream);
}

const quietView: ProgressView = {
  update() {},
  finish() {},
  tell() {},
  [Symbol.dispose]() {},
};
