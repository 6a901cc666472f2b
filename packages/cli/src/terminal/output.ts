import { createColors } from "picocolors";

export type Colors = ReturnType<typeof createColors>;

/** The colours for a stream: none when it is piped, when NO_COLOR is set, or on a dumb terminal. */
export function chooseColors(stream: NodeJS.WriteStream): Colors {
  const { NO_COLOR, TERM } = process.env;
  return createColors(stream.isTTY === true && !NO_COLOR && TERM !== "dumb");
}

/** Prints a result on stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints the one document of `--json`. */
export function printJson(document: object): void {
  print(JSON.stringify(document, null, 2));
}

/** Prints anything that is not a result, such as a warning or an error, on stderr. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Lets a reader close its pipe early, as in `clipcourier clips list | head -1`. */
export function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}
