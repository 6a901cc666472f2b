import { createColors } from "picocolors";

export type Colors = ReturnType<typeof createColors>;

/** The colours for a stream: none where it is piped, or where NO_COLOR is set. */
export function chooseColors(stream: NodeJS.WriteStream): Colors {
  const { NO_COLOR, TERM } = process.env;
  return createColors(stream.isTTY === true && !NO_COLOR && TERM !== "dumb");
}

/** Prints a result. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints the one document of `--json`. */
export function printJson(document: object): void {
  print(JSON.stringify(document, null, 2));
}

/** Prints what is no result: notes, warnings, errors. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Lets a reader go away early, as in `clipcourier clips list | head -1`. */
export function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}
