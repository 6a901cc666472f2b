import type { CallContext } from "./call-context.js";
import { type DirectUploadError, nameFile } from "./errors.js";
import type { UploadSource } from "./source.js";
import { type UploadResult, uploadSource } from "./upload.js";
import type { UploadOptions } from "./upload-options.js";

export interface UploadAllOptions extends Omit<UploadOptions, "filename"> {
  /** How many files are on their way at once, from hashing to the clip. Default 8. */
  fileConcurrency?: number | undefined;
}

/** What became of one source of a batch: a result, or the error that it failed with. */
export type UploadOutcome = {
  source: UploadSource;
  /** The source's place in the batch, from 0. */
  index: number;
} & ({ result: UploadResult; error?: never } | { result?: never; error: DirectUploadError });

const defaultFileConcurrency = 8;

/**
 * Uploads the sources of a batch and gives an outcome for each, in the order in which they end. A
 * source that fails does not stop the others; leaving the loop early stops those on their way.
 */
export async function* uploadAll(
  context: CallContext,
  sources: Iterable<UploadSource> | AsyncIterable<UploadSource>,
  { fileConcurrency = defaultFileConcurrency, ...options }: UploadAllOptions,
): AsyncGenerator<UploadOutcome, void, undefined> {
  const stop = new AbortController();
  const signal =
    options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const running = new Map<number, Promise<UploadOutcome>>();
  const takeNext = async (): Promise<UploadOutcome> => {
    const outcome = await Promise.race(running.values());
    running.delete(outcome.index);
    return outcome;
  };
  try {
    let index = 0;
    for await (const source of sources) {
      running.set(index, uploadOne(context, source, index, { ...options, signal }));
      index++;
      if (running.size >= fileConcurrency) yield await takeNext();
    }
    while (running.size > 0) yield await takeNext();
  } finally {
    stop.abort();
    await Promise.all(running.values());
  }
}

async function uploadOne(
  context: CallContext,
  source: UploadSource,
  index: number,
  options: UploadOptions,
): Promise<UploadOutcome> {
  try {
    return { source, index, result: await uploadSource(context, source, options) };
  } catch (error) {
    const name = typeof source === "string" ? source : `Source ${index + 1} of the batch`;
    return { source, index, error: nameFile(error, name) };
  }
}
