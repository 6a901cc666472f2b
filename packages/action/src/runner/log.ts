import { endGroup, info, notice, startGroup, warning } from "@actions/core";
import { breakCommands, toPrintable, toPrintableLines } from "@clipcourier/batch";

/** Prints a line of the log. */
export function logLine(text: string): void {
  info(toLogText(text));
}

/** Prints a warning, which the page of the run shows as well. */
export function warn(message: string): void {
  warning(toLogText(message));
}

/** Prints a notice, which the page of the run shows as well. */
export function tellNotice(message: string): void {
  notice(toLogText(message));
}

/** Does the work inside a group of the log, which is closed even when the work fails. */
export async function withGroup<T>(title: string, work: () => Promise<T>): Promise<T> {
  startGroup(toLogText(title));
  try {
    return await work();
  } finally {
    endGroup();
  }
}

/**
 * Makes one line of a text that holds names or messages of others, none of which the runner reads as
 * a command. It trims a line before it looks for `::`, so blanks in front would not help.
 */
export function toLogText(text: string): string {
  return breakCommands(toPrintable(text));
}

/** The same for a message of several lines, as an annotation shows it. */
export function toLogLines(message: string): string {
  return breakCommands(toPrintableLines(message));
}
