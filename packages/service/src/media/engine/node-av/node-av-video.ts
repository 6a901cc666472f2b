import { FilterAPI } from "node-av/api";
import type { Frame, Stream } from "node-av/lib";
import type { OpenedSource } from "../../source.js";
import type { Conversion, FrameRequest, OpenedVideo, Probe, RawFrame } from "../engine.js";
import { convertVideo } from "./convert.js";
import { FilteredFrames } from "./filtered-frames.js";
import { FrameCursor, type TimedFrame } from "./frame-cursor.js";
import { Input } from "./input.js";
import { keyFrames } from "./key-frames.js";
import { findVideo, readProbe } from "./probe.js";
import { steadyFrames } from "./steady-frames.js";
import { StreamDecoder } from "./stream-decoder.js";

/** A video that is read with the package node-av, in this process. */
export class NodeAvVideo implements OpenedVideo {
  readonly probe: Probe;
  readonly #source: OpenedSource;
  #input: Input;
  #stream: Stream;
  #cursor: FrameCursor | null = null;
  #isAtStart = true;

  private constructor(source: OpenedSource, input: Input, probe: Probe) {
    this.probe = probe;
    this.#source = source;
    this.#input = input;
    this.#stream = selectVideo(input);
  }

  static async open(source: OpenedSource): Promise<NodeAvVideo> {
    const input = await Input.open(source);
    try {
      return new NodeAvVideo(source, input, await readProbe(source, input));
    } catch (error) {
      await input[Symbol.asyncDispose]();
      throw error;
    }
  }

  async *frames(request: FrameRequest): AsyncGenerator<RawFrame> {
    using filter = FilterAPI.create(request.filter);
    let last: RawFrame | null = null;
    for await (const { frame, at } of this.#decoded(request)) {
      // A frame that is displayed at several steps is converted once.
      if (last?.at !== at) last = toRawFrame(filter, frame, at);
      yield last;
    }
    this.#source.checkIntact();
  }

  convert(conversion: Conversion, output: string): Promise<void> {
    return convertVideo(this.#source, this.probe, conversion, output);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cursor?.[Symbol.dispose]();
    await this.#input[Symbol.asyncDispose]();
  }

  async *#decoded(request: FrameRequest): AsyncGenerator<TimedFrame> {
    if (request.effort === "cheap") {
      this.#cursor?.[Symbol.dispose]();
      this.#cursor = null;
      this.#isAtStart = false;
      using decoder = this.#openDecoder(true);
      yield* keyFrames(this.#input, this.#stream, decoder, request);
      return;
    }
    let cursor = this.#openCursor();
    if (!(await cursor.goTo(request))) {
      await this.#reopen();
      cursor = this.#openCursor();
      await cursor.goTo(request);
    }
    if (request.sequential === null) return yield* steadyFrames(cursor, request);
    using filtered = new FilteredFrames(cursor, request.sequential);
    yield* steadyFrames(filtered, request);
    // The filter has seen frames that are after those which were given.
    this.#cursor?.[Symbol.dispose]();
    this.#cursor = null;
  }

  #openCursor(): FrameCursor {
    this.#cursor ??= new FrameCursor(
      this.#input,
      this.#stream,
      this.#openDecoder(false),
      this.#isAtStart,
    );
    this.#isAtStart = false;
    return this.#cursor;
  }

  #openDecoder(isCheap: boolean): StreamDecoder {
    const { hasAlpha } = this.probe.video;
    const { isStrict = false } = this.#source;
    return new StreamDecoder(this.#stream, { hasAlpha, isCheap, isStrict });
  }

  async #reopen(): Promise<void> {
    await this[Symbol.asyncDispose]();
    this.#cursor = null;
    this.#input = await Input.open(this.#source);
    this.#stream = selectVideo(this.#input);
    this.#isAtStart = true;
  }
}

function selectVideo(input: Input): Stream {
  const stream = findVideo(input);
  input.select([stream]);
  return stream;
}

function toRawFrame(filter: FilterAPI, frame: Frame, at: number): RawFrame {
  const [shown] = filter.processAllSync(frame);
  if (!shown) throw new Error("the frame could not be converted");
  const { width, height } = shown;
  const data = shown.toBuffer();
  shown.free();
  return { at, width, height, data };
}
