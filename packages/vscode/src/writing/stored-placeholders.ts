/** A placeholder as it is kept while the editor is closed. */
export interface StoredPlaceholder {
  /** The id of the editor's run in which it was written. */
  run: string;
  /** The id of the insertion that it belongs to. */
  insertion: string;
  /** The id of the service that its video goes to, once that is known. */
  serviceId?: string | undefined;
  marker: string;
  /** The URI of its video. */
  video: string;
  /** The URI of the document in which it stood last. */
  document: string;
  /** The id of the clip that is to take its place, once that is uploaded. */
  clip?: string | undefined;
}

/** An interrupted upload. */
export interface AwaitedBatch {
  serviceId: string;
  /** The URIs of its videos that have not finished. */
  uris: readonly string[];
}

/**
 * The placeholders without clips of the insertions that wait for any of these batches. A text can hold several
 * insertions, whose videos go to different services, and the same video can be in several.
 */
export function selectAwaiting(
  stored: readonly StoredPlaceholder[],
  batches: readonly AwaitedBatch[],
): StoredPlaceholder[] {
  const unmade = stored.filter(({ clip }) => clip === undefined);
  const waiting = unmade.filter(({ serviceId, video }) =>
    batches.some((batch) => batch.serviceId === serviceId && batch.uris.includes(video)),
  );
  // Of videos that were dropped together, some may have failed.
  const insertions = new Set(waiting.map(({ insertion }) => insertion));
  return unmade.filter(({ insertion }) => insertions.has(insertion));
}
