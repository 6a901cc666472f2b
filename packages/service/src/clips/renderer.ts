import type { Logger } from "pino";
import type { Catalog, ClipRecord } from "../catalog/catalog.js";
import { type Clip, type ClipPlayback, toClip } from "../catalog/clip-state.js";
import { fileKey } from "../catalog/keys.js";
import type { Media, RenditionResult } from "../media/types.js";
import type { ObjectStore } from "../store/object-store.js";
import { recordChange } from "./clip-change.js";
import { locateSource } from "./clip-source.js";

// Milliseconds until it is tried again, doubled after each attempt: a quarter of an hour in all.
const firstDelay = 60_000;
const mostAttempts = 5;

// How often the process may end while a rendition is made.
const mostEnds = 5;

// Milliseconds between two looks at how much room is left.
const roomInterval = 1_000;

export interface RendererOptions {
  store: ObjectStore;
  catalog: Catalog;
  logger: Logger;
  media: Media | null;
}

/** What is known of the work on a rendition. */
export interface RenderAttempt {
  /** How often it was tried in vain. */
  attempts: number;
  /** How many processes in a row have ended while they made it. */
  ends: number;
  /** Records that this process makes it from now on. */
  begin(): Promise<void>;
}

type Waiting = Extract<ClipPlayback, { kind: "waiting" }>;
type WaitingClip = Clip & { playback: Waiting };

/** Makes the renditions of clips that browsers do not play as they are. */
export class Renderer {
  readonly #options: RendererOptions;

  constructor(options: RendererOptions) {
    this.#options = options;
  }

  /**
   * Makes the rendition of a clip that waits for one. Resolves to the milliseconds after which it has
   * to be tried again, or `null`.
   *
   */
  async render(
    record: ClipRecord | null,
    attempt: RenderAttempt,
    signal: AbortSignal,
  ): Promise<number | null> {
    const clip = toClip(record?.state);
    if (!record || !clip || !isWaiting(clip)) return null;
    const { attempts } = attempt;
    const result = await this.#make(clip, attempt, signal);
    signal.throwIfAborted();
    if (result.outcome === "unavailable" && attempts + 1 < mostAttempts) {
      const { detail = result.reason } = result;
      this.#options.logger.warn({ clip: clip.id, reason: detail }, "no rendition yet");
      return firstDelay * 2 ** attempts;
    }
    await this.#record(record, clip, result);
    return null;
  }

  async #make(
    clip: WaitingClip,
    { ends, begin }: RenderAttempt,
    signal: AbortSignal,
  ): Promise<RenditionResult> {
    const { store, media } = this.#options;
    const key = fileKey(clip.id, clip.version, "rendition.mp4");
    // A process that ended right after has stored it as a whole.
    if (await store.headObject(key, { signal })) return { outcome: "ready", seconds: 0 };
    if (ends >= mostEnds) return endedTooOften;
    const render = media?.render;
    if (!render) return { outcome: "failed", reason: "This service makes no renditions." };
    // A copy of the streams is about as large as the original. The size of others is not known.
    const needed = clip.playback.how === "remux" ? clip.size : 1;
    if (!(await hasRoom(store, needed))) return noRoom;
    const source = await locateSource(store, fileKey(clip.id, clip.version, "content"), clip.size);
    using room = watchRoom(store, signal);
    let result: RenditionResult = noRoom;
    const write = async (output: string) => {
      result = await render(source, output, clip.account, room.signal, begin);
      return result.outcome === "ready" && !room.signal.aborted;
    };
    await store.putFile(key, write, { contentType: "video/mp4", signal });
    return room.signal.aborted ? noRoom : result;
  }

  async #record(record: ClipRecord, clip: WaitingClip, result: RenditionResult): Promise<void> {
    const { reason } = clip.playback;
    const playback: ClipPlayback =
      result.outcome === "ready"
        ? { kind: "rendition", reason }
        : { kind: "never", reason: `${reason} ${result.reason}` };
    if (!(await recordChange(this.#options, record, { ...clip, playback }))) return;
    const why = result.outcome === "ready" ? undefined : result.reason;
    const log = { clip: clip.id, seconds: result.outcome === "ready" ? result.seconds : undefined };
    const message = result.outcome === "ready" ? "rendition is made" : "no rendition";
    this.#options.logger.info({ ...log, reason: why }, message);
  }
}

/** One that ends the service each time must not be tried for ever. */
const endedTooOften = {
  outcome: "failed",
  reason: `The service ended ${mostEnds} times while its rendition was made.`,
} as const satisfies RenditionResult;

const noRoom = {
  outcome: "unavailable",
  reason: "The service has no room for a rendition.",
} as const satisfies RenditionResult;

function isWaiting(clip: Clip): clip is WaitingClip {
  return clip.status === "available" && clip.playback.kind === "waiting";
}

async function hasRoom(store: ObjectStore, needed: number): Promise<boolean> {
  const free = await store.freeSpace?.();
  return free === undefined || free >= needed;
}

/** Aborts when the room is used up, or with the given signal. */
function watchRoom(store: ObjectStore, signal: AbortSignal): Disposable & { signal: AbortSignal } {
  const full = new AbortController();
  const timer = setInterval(async () => {
    // A store that is out of reach ends the work by itself.
    if (!(await hasRoom(store, 1).catch(() => true))) full.abort(new Error(noRoom.reason));
  }, roomInterval).unref();
  return {
    signal: AbortSignal.any([signal, full.signal]),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
