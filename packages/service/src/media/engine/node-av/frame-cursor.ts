import { AV_NOPTS_VALUE } from "node-av/constants";
import type { Frame, Packet, Stream } from "node-av/lib";
import type { Input } from "./input.js";
import type { Steps } from "./steps.js";
import type { StreamDecoder } from "./stream-decoder.js";
import { toSeconds, toTicks } from "./time.js";

/** A decoded frame, and when it is displayed: seconds from the first frame of the video. */
export interface TimedFrame {
  frame: Frame;
  at: number;
}

/** Seconds ahead up to which frames are decoded rather than looked for by a seek. */
const nearSeconds = 0.5;

/** Seconds before a place at which a key frame is looked for, in turn. */
const stepsBack = [0, 2, 10, 30];

/** Seconds. Timestamps are fractions that do not match tenths of a second exactly. */
export const tolerance = 1e-4;

/**
 * Frames of a stream from any place on. What was decoded is not decoded again for a place further
 * ahead in the same group of pictures.
 */
export class FrameCursor implements Disposable {
  readonly #input: Input;
  readonly #stream: Stream;
  readonly #decoder: StreamDecoder;
  /** Decoded, in the order of display. */
  #queue: TimedFrame[] = [];
  /** Read by a seek to find out where it led. */
  #peeked: Packet | null = null;
  /** Of the last packet that was sent to the decoder. */
  #sent: bigint | null = null;
  /** Packets up to this one were sent already. */
  #skipTo: bigint | null = null;
  #hasEnded = false;
  #steps: Steps = { start: 0, length: 0, rate: 1 };
  /** Whether the input is where it was opened. */
  #isAtStart: boolean;
  #first: bigint | null;

  constructor(input: Input, stream: Stream, decoder: StreamDecoder, isAtStart: boolean) {
    this.#isAtStart = isAtStart;
    this.#input = input;
    this.#stream = stream;
    this.#decoder = decoder;
    this.#first = stream.startTime === AV_NOPTS_VALUE ? null : stream.startTime;
  }

  /**
   * Goes to the first step: the next frame is displayed then, or before. Frames that are displayed at
   * no step may be left out. Whether it could: a container without an index cannot go back.
   */
  async goTo(steps: Steps): Promise<boolean> {
    this.#steps = steps;
    const time = steps.start;
    const isAhead = this.#isAtStart || (this.#queue[0]?.at ?? Infinity) <= time + tolerance;
    const newest = this.#isAtStart ? 0 : (this.#queue.at(-1)?.at ?? 0);
    if (isAhead && time - newest <= nearSeconds) return true;
    if (!(await this.#seekKeyFrame(time))) return isAhead;
    this.#isAtStart = false;
    const landed = this.#peeked && decodingTime(this.#peeked);
    const isSameGroup = this.#sent !== null && landed !== null && landed <= this.#sent;
    if (isAhead && isSameGroup && !this.#hasEnded) this.#skipTo = this.#sent;
    else this.#forget();
    return true;
  }

  /**
   * Goes to a key frame at or before a time, and keeps its packet. Broadcasts have no index, and are
   * entered anywhere: then a place further back is tried. Whether the container could.
   */
  async #seekKeyFrame(time: number): Promise<boolean> {
    for (const back of stepsBack) {
      const from = Math.max(0, time - back);
      const first = this.#first ?? 0n;
      if (!(await this.#input.seek(this.#stream, first + this.#ticks(from)))) return false;
      this.#peeked?.free();
      this.#peeked = await this.#readKeyPacket(first + this.#ticks(time));
      if (this.#peeked?.isKeyframe || from === 0) break;
    }
    return true;
  }

  /** The next key packet up to a time, or else the first packet after it. */
  async #readKeyPacket(until: bigint): Promise<Packet | null> {
    for (;;) {
      const packet = await this.#readPacket();
      if (!packet || packet.isKeyframe) return packet;
      const time = decodingTime(packet);
      if (time !== null && time > until) return packet;
      packet.free();
    }
  }

  /** The next frame in the order of display, which the caller frees; `null` at the end. */
  async next(): Promise<TimedFrame | null> {
    for (;;) {
      const timed = this.#queue.shift();
      if (timed) return timed;
      if (this.#hasEnded) return null;
      await this.#decodeMore();
    }
  }

  /** Gives back a frame, which will be the next. */
  putBack(timed: TimedFrame): void {
    this.#queue.unshift(timed);
  }

  [Symbol.dispose](): void {
    this.#peeked?.free();
    this.#forget();
    this.#decoder[Symbol.dispose]();
  }

  async #decodeMore(): Promise<void> {
    const packet = this.#peeked ?? (await this.#readPacket());
    this.#peeked = null;
    this.#isAtStart = false;
    const time = packet && decodingTime(packet);
    if (packet && this.#skipTo !== null && time !== null && time <= this.#skipTo) {
      packet.free();
      return;
    }
    this.#skipTo = null;
    this.#sent = time ?? this.#sent;
    this.#decoder.skipUnreferenced(packet !== null && !this.#isDisplayed(packet));
    for (const frame of this.#decoder.decode(packet)) this.#queue.push(this.#timed(frame));
    packet?.free();
    this.#hasEnded = packet === null;
  }

  async #readPacket(): Promise<Packet | null> {
    for (;;) {
      const packet = await this.#input.read();
      if (!packet || packet.streamIndex === this.#stream.index) return packet;
      packet.free();
    }
  }

  /** Whether a packet's frame is, or may be, displayed at one of the steps. */
  #isDisplayed({ pts, duration }: Packet): boolean {
    if (pts === AV_NOPTS_VALUE || duration <= 0n || this.#first === null) return true;
    const { start, length, rate } = this.#steps;
    const { timeBase } = this.#stream;
    const begin = toSeconds(pts - this.#first, timeBase) - tolerance;
    const end = toSeconds(pts - this.#first + duration, timeBase) + tolerance;
    const step = Math.max(0, Math.ceil((begin - start) * rate)) / rate;
    return step <= length && start + step < end;
  }

  #timed(frame: Frame): TimedFrame {
    this.#first ??= frame.pts;
    return { frame, at: toSeconds(frame.pts - this.#first, frame.timeBase) };
  }

  #ticks(time: number): bigint {
    return toTicks(time + tolerance, this.#stream.timeBase);
  }

  #forget(): void {
    for (const { frame } of this.#queue) frame.free();
    this.#queue = [];
    this.#sent = null;
    this.#skipTo = null;
    this.#hasEnded = false;
    this.#decoder.reset();
  }
}

function decodingTime({ dts, pts }: Packet): bigint | null {
  const time = dts === AV_NOPTS_VALUE ? pts : dts;
  return time === AV_NOPTS_VALUE ? null : time;
}
