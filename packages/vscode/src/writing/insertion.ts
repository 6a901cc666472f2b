import { randomUUID } from "node:crypto";
import type { Clip } from "@clipcourier/core";
import { type CancellationTokenSource, Uri } from "vscode";
import { type Placeholder, restorePlaceholder } from "./placeholders.js";
import type { StoredPlaceholder } from "./stored-placeholders.js";

/** Videos that were dropped or pasted together. */
export interface Insertion {
  readonly id: string;
  /** The id of the service that the videos go to, once that is known. */
  serviceId: string | undefined;
  /** The document in which the placeholders stand, or stood last. */
  document: Uri;
  readonly placeholders: readonly Placeholder[];
  /**
   * `stopped`: a person has removed the placeholders. `removed`: they were removed because there is no
   * clip. `inserted`: clips have taken their places.
   */
  state: "offered" | "uploading" | "stopped" | "removed" | "inserted";
  /** Whether any of the placeholders is in the document. */
  isPresent: boolean;
  /** Whether something else was written while the placeholders stood there. */
  isWrittenOver: boolean;
  /** Whether placeholders that an undo brought back were removed by an edit. */
  isSwept: boolean;
  /** The ids of the clips by the URIs of their videos, as soon as each is uploaded. */
  readonly clipIds: Map<string, string>;
  /** The clips by the URIs of their videos, with their pictures. */
  clips: ReadonlyMap<string, Clip>;
  source: CancellationTokenSource | undefined;
  /** While the placeholders are away, perhaps to be pasted elsewhere. */
  absence: Absence | undefined;
}

export function makeInsertion(document: Uri, placeholders: readonly Placeholder[]): Insertion {
  return {
    ...{ id: randomUUID(), serviceId: undefined, document, placeholders },
    ...{ state: "offered", clipIds: new Map(), clips: new Map() },
    ...{ isPresent: false, isWrittenOver: false, isSwept: false },
    ...{ source: undefined, absence: undefined },
  };
}

/** An insertion of an earlier run of the editor, from what is stored of its placeholders. */
export function restoreInsertion(
  first: StoredPlaceholder,
  others: readonly StoredPlaceholder[],
): Insertion {
  const placeholders = [first, ...others].map(restorePlaceholder);
  return makeInsertion(Uri.parse(first.document), placeholders);
}

/** A time in which something can come back. */
export class Absence {
  readonly #ended = Promise.withResolvers<void>();
  readonly #timer: NodeJS.Timeout;

  /** @param giveUp is called after these milliseconds, unless it ends earlier */
  constructor(giveUp: () => void, milliseconds: number) {
    this.#timer = setTimeout(() => {
      giveUp();
      this.end();
    }, milliseconds);
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#ended.resolve();
  }
}
