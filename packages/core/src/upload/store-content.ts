import type { Clip } from "../clip.js";
import { type DirectUploadError, isDirectUploadError } from "../errors.js";
import type { Fingerprint } from "../fingerprint/fingerprint.js";
import { giveUp, pause } from "../http/retry.js";
import type { Peer } from "../http/retry-budget.js";
import { Journal } from "../parts/journal.js";
import { layOutParts } from "../parts/layout.js";
import { mayHaveExpired } from "../parts/request.js";
import { sendParts } from "../parts/sending.js";
import { StoredParts } from "../parts/stored-parts.js";
import type { NewUpload, UploadPlan } from "../protocol/answers.js";
import type { UploadRequest } from "../protocol/upload-request.js";
import { untilAborted } from "../signals.js";
import { assetOf, defaultMediaType } from "../source/media-type.js";
import type { Upload } from "./context.js";

/** The clip as the service gave it, which may be `pending`. */
export interface StoredContent {
  clip: Clip;
  outcome: "uploaded" | "known";
  bytesSent: number;
}

const defaultStallTimeout = 30_000;

/**
 * Asks for a plan and carries it out. Where it is uncertain how far that has come (a URL has
 * expired, the answer to finalize was lost), it asks again: the content is known, or the same
 * upload continues with the parts that it has, or a new one starts over.
 */
export async function storeContent(
  upload: Upload,
  fingerprint: Fingerprint,
  request: UploadRequest,
): Promise<StoredContent> {
  const plan = await askForPlan(upload, request);
  if (plan.isKnown) return { clip: plan.clip, outcome: "known", bytesSent: 0 };
  await using journal = await openJournal(upload, request);
  const stored = new StoredParts(upload.meter, journal);
  const clip = await new PlanRounds(upload, fingerprint, request, stored).run(plan);
  await journal?.remove();
  return { clip, outcome: "uploaded", bytesSent: stored.bytesSent };
}

/** A failure that asking for the plan again may resolve, and the peer that it came from. */
interface Unsettled {
  error: DirectUploadError;
  peer: Pick<Peer, "role">;
}

/** The rounds of asking for a plan and carrying it out. */
class PlanRounds {
  readonly #upload: Upload;
  readonly #fingerprint: Fingerprint;
  readonly #request: UploadRequest;
  readonly #stored: StoredParts;
  /** How many rounds have failed since more parts were stored than ever before. */
  #failures = 0;
  #mostStored = 0;
  readonly #tried = new Map<number, number>();

  constructor(
    upload: Upload,
    fingerprint: Fingerprint,
    request: UploadRequest,
    stored: StoredParts,
  ) {
    this.#upload = upload;
    this.#fingerprint = fingerprint;
    this.#request = request;
    this.#stored = stored;
  }

  async run(first: NewUpload): Promise<Clip> {
    let plan: UploadPlan = first;
    while (!plan.isKnown) {
      const result = await this.#carryOut(plan);
      if (!("error" in result)) return result;
      this.#notePartsStored();
      await this.#waitForNext(result);
      plan = await askForPlan(this.#upload, this.#request);
    }
    return plan.clip;
  }

  // URLs may expire again and again while the number of stored parts grows. It does not grow when
  // the upload is started over again and again.
  #notePartsStored(): void {
    const { count } = this.#stored;
    if (count > this.#mostStored) this.#failures = 0;
    this.#mostStored = Math.max(this.#mostStored, count);
  }

  async #waitForNext({ error, peer }: Unsettled): Promise<void> {
    const { budget, onRetry, signal } = this.#upload;
    const attempt = ++this.#failures;
    const delay = budget.failRound(error, attempt);
    if (delay === undefined) {
      throw giveUp(error, "the plan", attempt, budget.measureOutage(peer));
    }
    // The first request for fresh URLs need not wait.
    const wait = attempt === 1 && error.code === "url_expired" ? 0 : delay;
    const { roundLimit: attempts } = budget;
    onRetry?.({ what: "the plan", attempt, attempts, delay: wait, reason: error });
    await pause(wait, signal);
  }

  /** The clip, or the failure after which the plan is asked for again. */
  async #carryOut(plan: NewUpload): Promise<Clip | Unsettled> {
    // Until fresh URLs have been tried, a reset connection may mean that the URLs have expired.
    const mayRenewUrls = this.#failures === 0;
    try {
      await this.#sendMissingParts(plan, mayRenewUrls);
    } catch (error) {
      if (!isDirectUploadError(error) || !mayHaveExpired(error)) throw error;
      if (error.code !== "url_expired" && !mayRenewUrls) throw error;
      const { attempts = Number.POSITIVE_INFINITY } = this.#upload.budget.options;
      if (Math.max(...this.#tried.values()) >= attempts) throw error;
      return { error, peer: { role: "storage" } };
    }
    // From here on no part of this upload is sent again: one that arrives after finalize could
    // destroy the object.
    try {
      return await this.#finalize();
    } catch (error) {
      if (!isDirectUploadError(error)) throw error;
      const isUnsettled = error.retryable || error.code === "not_found";
      if (!isUnsettled && !(error.code === "rejected" && (await this.#stored.forget())))
        throw error;
      return { error, peer: this.#upload.context.protocol.peer };
    }
  }

  async #sendMissingParts(plan: NewUpload, mayRenewUrls: boolean): Promise<void> {
    const { context, source, meter, signal, budget, onRetry } = this.#upload;
    const { transport, workers, pool, pace, options } = context;
    const stored = this.#stored;
    const parts = layOutParts(source.size, plan, context.storageHosts);
    await stored.follow(plan, parts);
    meter.enter("upload");
    const missing = parts.filter((part) => !stored.has(part));
    await sendParts(missing, {
      ...{ source, fingerprint: this.#fingerprint, stored, meter, signal, budget, onRetry },
      ...{ transport, workers, pool, pace, mayRenewUrls, tried: this.#tried },
      partCount: parts.length,
      stallTimeout: options.stallTimeout ?? defaultStallTimeout,
      verifyParts: options.verifyParts ?? false,
    });
  }

  async #finalize(): Promise<Clip> {
    const { context, source, meter, signal, onRetry } = this.#upload;
    await untilAborted(source.assertUnchanged(), signal);
    meter.enter("finalize");
    const { checksum, mime = defaultMediaType } = this.#request;
    return context.protocol.finalize(checksum, this.#stored.list(), {
      asset: assetOf(mime),
      signal,
      onRetry,
      // A lost answer is no reason to finalize again: the plan says whether it worked.
      retry: { attempts: 1 },
    });
  }
}

async function askForPlan(
  { context, signal, onRetry, budget }: Upload,
  request: UploadRequest,
): Promise<UploadPlan> {
  return context.protocol.requestUpload(request, { signal, onRetry, budget });
}

// A state folder that cannot be written costs the journal, not the upload.
async function openJournal(
  { context: { stateFolder, account } }: Upload,
  { checksum }: UploadRequest,
): Promise<Journal | undefined> {
  if (stateFolder === undefined) return undefined;
  return Journal.open(stateFolder, account, checksum).catch(() => undefined);
}
