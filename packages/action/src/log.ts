import { endGroup, info, startGroup, warning } from "@actions/core";
import { toPrintable } from "./printable.js";

/** A line of the log. It must not begin with a name or a message from elsewhere. */
export function tell(line: string): void {
  info(toPrintable(line));
}

/** A warning that stands on the run's page too. */
export function warn(message: string): void {
  warning(toPrintable(message));
}

/** Does the work inside a group of the log, which is closed whatever happens. */
export async function withGroup<T>(title: string, work: () => Promise<T>): Promise<T> {
  startGroup(toPrintable(title));
  try {
    return await work();
  } finally {
    endGroup();
  }
}
