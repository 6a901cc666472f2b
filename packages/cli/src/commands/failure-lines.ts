import {
  findSharedReason,
  toPrintable,
  toPrintableLines,
  type UploadRecord,
} from "@clipcourier/batch";

const mostNames = 5;

interface Told {
  /** The file that it was told of. */
  first: string;
  /** The files that failed for the same reason later. */
  later: string[];
}

/** Says why files failed. A reason that several files share is told with the first of them. */
export class FailureLines {
  readonly #told = new Map<string, Told>();

  /** The message to print now; `undefined` when it was told already. */
  add(record: UploadRecord): string | undefined {
    const reason = findSharedReason(record);
    const told = reason === undefined ? undefined : this.#told.get(reason);
    if (told !== undefined) {
      told.later.push(record.file);
      return undefined;
    }
    if (reason !== undefined) this.#told.set(reason, { first: record.file, later: [] });
    return toPrintableLines(record.error?.message ?? "");
  }

  /** Which files failed for a reason that was told of another, a line for each reason. */
  end(): string[] {
    return [...this.#told.values()]
      .filter(({ later }) => later.length > 0)
      .map(({ first, later }) => {
        const rest = later.length - mostNames;
        const names = later.slice(0, mostNames).join(", ");
        const files = rest > 0 ? `${names} and ${rest} more` : names;
        return toPrintable(`Failed for the same reason as ${first}: ${files}.`);
      });
  }
}
