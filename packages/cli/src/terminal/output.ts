import { breakCommands, breakCommandsInJson } from "@clipcourier/batch";
import { createColors } from "picocolors";

export type Colors = ReturnType<typeof createColors>;

/** The colours for a stream: none when it is piped, when NO_COLOR is set, or on a dumb terminal. */
export function chooseColors(stream: NodeJS.WriteStream): Colors {
  const { NO_COLOR, TERM } = process.env;
  return createColors(stream.isTTY === true && !NO_COLOR && TERM !== "dumb");
}

/**
 * The text as it may be printed. A runner of GitHub, Forgejo or Gitea reads commands in the log of a
 * job, and names of files or clips must not be able to give one.
 */
export function toLogText(text: string): string {
  return isOnRunner() ? breakCommands(text) : text;
}

/** The same for a JSON text, which keeps its meaning. */
export function toLogJson(json: string): string {
  return isOnRunner() ? breakCommandsInJson(json) : json;
}

function isOnRunner(): boolean {
  return Boolean(process.env.GITHUB_ACTIONS);
}

/** Prints a result on stdout. */
export function print(text: string): void {
  process.stdout.write(`${toLogText(text)}\n`);
}

/** Prints a result as JSON, such as the one document of `--json`. */
export function printJson(document: object): void {
  process.stdout.write(`${toLogJson(JSON.stringify(document, null, 2))}\n`);
}

/** Prints anything that is not a result, such as a warning or an error, on stderr. */
export function printNote(text: string): void {
  process.stderr.write(`${toLogText(text)}\n`);
}

/**
 * Keeps the process alive when what it prints cannot be written, such as on a full disk, and says
 * so on stderr. A reader that closes its pipe early, as in `clipcourier clips list | head -1`, has
 * what it wanted.
 *
 * @returns resolves, when everything is written, to whether something was lost
 */
export function watchOutput(): () => Promise<boolean> {
  const streams = [process.stdout, process.stderr];
  const broken = new Set<NodeJS.WriteStream>();
  for (const stream of streams) {
    stream.on("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "EPIPE" || broken.has(stream)) return;
      broken.add(stream);
      if (stream === process.stdout) {
        printNote(`clipcourier: What is printed on stdout cannot be written there (${code}).`);
      }
    });
  }
  return async () => {
    await Promise.all(streams.map(flush));
    return broken.size > 0;
  };
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
