import { endGroup, info, startGroup, warning } from "@actions/core";
import { toPrintable, toPrintableLines } from "@clipcourier/batch";

/** Prints a line of the log. It must not begin with a name or a message from elsewhere. */
export function logLine(text: string): void {
  info(toLogText(text));
}

/** Prints a warning that stands on the run's page too. */
export function warn(message: string): void {
  warning(toLogText(message));
}

/** Does the work inside a group of the log, which is closed whatever happens. */
export async function withGroup<T>(title: string, work: () => Promise<T>): Promise<T> {
  startGroup(toLogText(title));
  try {
    return await work();
  } finally {
    endGroup();
  }
}

/**
 * Text of others as one line of the log. The runner takes `##[` for a command anywhere in a line, and
 * `::` at its start, where no such text may stand.
 */
export function toLogText(text: string): string {
  return breakCommands(toPrintable(text));
}

/** The same for a message of several lines, as an annotation shows it. */
export function toLogLines(message: string): string {
  return breakCommands(toPrintableLines(message));
}

function breakCommands(text: string): string {
  return text.replaceAll("##[", "# #[");
}
