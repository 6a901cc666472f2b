import type { Clip } from "../clip.js";
import {
  DirectUploadError,
  type FailedUpload,
  isDirectUploadError,
  nameFile,
  throwIfAborted,
} from "../errors.js";
import { requirePositive } from "../options.js";
import type { UploadProgress } from "../progress.js";
import type { UploadSource } from "../source/source.js";
import type { CallContext } from "./context.js";
import type { UploadOptions } from "./options.js";
import { type UploadResult, uploadSource } from "./upload.js";

/** Options of a batch. */
export interface UploadAllOptions extends Omit<UploadOptions, "filename" | "onProgress"> {
  /**
   * How many files are under way at once, from hashing to the clip. Among them, small files
   * overtake large ones.
   *
   * @default 8
   */
  fileConcurrency?: number | undefined;
  /**
   * Called with the progress of each file, at most ten times a second for each. It must not throw.
   */
  onProgress?: ((progress: BatchProgress) => void) | undefined;
}

/** How far one source of a batch has come. */
export interface BatchProgress extends UploadProgress {
  /** The source's place in the batch, from 0. Two sources may have the same name. */
  index: number;
}

/** What became of one source of a batch: a result, or the error that it failed with. */
export type UploadOutcome = {
  source: UploadSource;
  /** The source's place in the batch, from 0. */
  index: number;
} & ({ result: UploadResult; error?: never } | { result?: never; error: DirectUploadError });

/** The sources of a batch. */
export type UploadSources = Iterable<UploadSource> | AsyncIterable<UploadSource>;

const defaultFileConcurrency = 8;

/**
 * Uploads the sources of a batch and gives an outcome for each, in the order in which they end. A
 * source is taken when there is room for it and the loop asks for the next outcome, not before.
 * When the service refuses the client's keys, or signing in fails in another way that does not pass,
 * one source fails with that and all others that have not ended with `aborted`: nothing more is sent.
 */
export async function* uploadAll(
  context: CallContext,
  sources: UploadSources,
  {
    fileConcurrency = defaultFileConcurrency,
    onProgress,
  }: Pick<UploadAllOptions, "fileConcurrency" | "onProgress">,
): AsyncGenerator<UploadOutcome, void, undefined> {
  requirePositive("fileConcurrency", fileConcurrency, { isInteger: true });
  throwIfAborted(context.closed);
  const batch = new Batch(context, onProgress);
  const iterator = iterate(sources);
  let next: Promise<Taken> | undefined;
  let isOver = false;
  let failure: DirectUploadError | undefined;
  try {
    for (;;) {
      const outcome = batch.ended.shift();
      if (outcome !== undefined) {
        yield outcome;
        continue;
      }
      if (!isOver && batch.running.size < fileConcurrency) next ??= takeNext(iterator);
      if (next === undefined && batch.running.size === 0) break;
      const taken = await Promise.race(next ? [next, ...batch.running] : batch.running);
      if (taken === undefined) continue;
      next = undefined;
      if ("source" in taken) batch.start(taken.source);
      else ({ isOver, failure } = taken);
    }
    // What was under way has ended and was given.
    if (failure !== undefined) throw failure;
  } finally {
    // An iterator that has not given its next source yet is not waited for.
    if (!isOver) iterator.return?.().catch(() => {});
    await batch.stop();
  }
}

/** The next source of a batch, or why there is none: the list has ended, or failed. */
type Taken = { source: UploadSource } | { isOver: true; failure: DirectUploadError | undefined };

async function takeNext(iterator: AsyncIterator<UploadSource, void>): Promise<Taken> {
  try {
    const next = await iterator.next();
    return next.done ? { isOver: true, failure: undefined } : { source: next.value };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `The list of sources ended early: ${reason}. The sources before have an outcome each.`;
    return { isOver: true, failure: new DirectUploadError("unexpected", message, { cause }) };
  }
}

async function* iterate(sources: UploadSources): AsyncGenerator<UploadSource, void, undefined> {
  yield* sources;
}

/** The uploads of a batch while they run. */
class Batch {
  /** Each resolves when its upload has ended. */
  readonly running = new Set<Promise<undefined>>();
  /** The outcomes that the loop has not been given yet. */
  readonly ended: UploadOutcome[] = [];
  readonly #context: CallContext;
  readonly #onProgress: UploadAllOptions["onProgress"];
  readonly #stop = new AbortController();
  #count = 0;
  /** Whether the client has signed in once. */
  #hasSession = false;
  /** What keeps the client from uploading anything, and the source that failed with it. */
  #refusal: { error: unknown; index: number } | undefined;

  constructor(context: CallContext, onProgress: UploadAllOptions["onProgress"]) {
    this.#context = context;
    this.#onProgress = onProgress;
  }

  start(source: UploadSource): void {
    const running = this.#upload(source, this.#count++).then((outcome) => {
      this.running.delete(running);
      this.ended.push(outcome);
      return undefined;
    });
    this.running.add(running);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.running);
  }

  async #upload(source: UploadSource, index: number): Promise<UploadOutcome> {
    const onProgress = this.#onProgress;
    const options = {
      signal: this.#stop.signal,
      onProgress: onProgress && ((progress: UploadProgress) => onProgress({ ...progress, index })),
      onSignIn: (error: unknown) => {
        if (error === undefined) this.#hasSession = true;
        else if (!this.#mayPass(error)) this.#refuse(error, index);
      },
      explainFailure: (error: unknown, { clip }: FailedUpload) => {
        if (isDirectUploadError(error, "unauthorized")) this.#refuse(error, index);
        return this.#isToldElsewhere(error, index) ? createRefusedError(clip) : error;
      },
    };
    try {
      return { source, index, result: await uploadSource(this.#context, source, options) };
    } catch (error) {
      const name = typeof source === "string" ? source : `Source ${index + 1} of the batch`;
      return { source, index, error: nameFile(error, name) };
    }
  }

  /**
   * Whether others may go on after a sign-in has failed. A service that goes away for a while must not
   * end uploads that need no session meanwhile; one that is away from the start ends the batch.
   */
  #mayPass(error: unknown): boolean {
    return this.#hasSession && isDirectUploadError(error) && error.retryable;
  }

  #refuse(error: unknown, index: number): void {
    if (this.#refusal !== undefined || this.#stop.signal.aborted) return;
    this.#refusal = { error, index };
    this.#stop.abort(createRefusedError());
  }

  /** Whether it is the failure to sign in that another source fails with, or the stop after it. */
  #isToldElsewhere(error: unknown, index: number): boolean {
    const refusal = this.#refusal;
    if (refusal === undefined || refusal.index === index) return false;
    return error === refusal.error || error === this.#stop.signal.reason;
  }
}

/** @param clip that of the source, where the service has its content already */
function createRefusedError(clip?: Clip): DirectUploadError {
  const stopped = "Stopped, because signing in has failed for another source of the batch.";
  const rest = clip && ` The content is with the service: ask for clip ${clip.id} again later.`;
  return new DirectUploadError("aborted", `${stopped}${rest ?? ""}`);
}
