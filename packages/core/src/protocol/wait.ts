import type { Clip } from "../clip.js";
import { DirectUploadError } from "../errors.js";
import { pause } from "../http/retry.js";
import { requirePositive } from "../options.js";
import type { CallOptions } from "./api.js";
import type { Protocol, ProtocolCallOptions } from "./protocol.js";

/** Options of a wait for a clip. */
export interface WaitOptions extends CallOptions {
  /**
   * Milliseconds to wait at most.
   *
   * @default 600_000
   */
  timeout?: number | undefined;
  /**
   * Called with the clip while it is pending: at the beginning, and after each time that the service
   * was asked. It must not throw.
   *
   * @example { onPending: ({ queuePosition }) => console.log(queuePosition, "are before it") }
   */
  onPending?: ((clip: Clip) => void) | undefined;
}

// Milliseconds. Short at first, since most clips are available at once; then longer, to spare the
// service.
const firstPause = 150;
const longestPause = 5_000;

/** Asks for the clip until it is `available`. */
export async function waitUntilAvailable(
  protocol: Protocol,
  start: Clip | string,
  { timeout = 600_000, onPending, ...options }: WaitOptions & ProtocolCallOptions,
): Promise<Clip> {
  requirePositive("timeout", timeout);
  const end = Date.now() + timeout;
  let clip = typeof start === "string" ? await protocol.getClip(start, options) : start;
  for (
    let delay = firstPause;
    clip.status === "pending";
    delay = Math.min(delay * 1.5, longestPause)
  ) {
    onPending?.(clip);
    if (Date.now() >= end) throw createDeadlineError(clip, timeout);
    await pause(Math.min(delay, Math.max(0, end - Date.now())), options.signal);
    clip = await protocol.getClip(clip.id, options);
  }
  if (clip.status === "failed") {
    throw new DirectUploadError(
      "clip_failed",
      `The service could not make a clip of it: ${clip.reason ?? "no reason was given"} (clip ${clip.id}).`,
      { upload: { clip } },
    );
  }
  return clip;
}

function createDeadlineError(clip: Clip, timeout: number): DirectUploadError {
  const { id, queuePosition = 0 } = clip;
  const place = queuePosition > 0 ? ` About ${queuePosition} other clips are before it.` : "";
  return new DirectUploadError(
    "deadline",
    `Clip ${id} is still pending after ${Math.round(timeout / 1000)} s.${place} The content is with the service: ask for the clip again later.`,
    { retryable: true, upload: { clip } },
  );
}
