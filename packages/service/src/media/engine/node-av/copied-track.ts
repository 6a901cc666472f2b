import { AV_NOPTS_VALUE, AVMEDIA_TYPE_VIDEO } from "node-av/constants";
import type { Packet, Stream } from "node-av/lib";
import type { Mp4Writer } from "./mp4-writer.js";
import type { Track } from "./track.js";

/** The most packets at the beginning of which the time of decoding is not known. */
const mostUndated = 32;

/** A stream whose packets are taken over as they are. */
export class CopiedTrack implements Track {
  readonly #writer: Mp4Writer;
  readonly #number: number;
  /** A video cannot begin with frames that refer to ones which are not there. */
  #isWaiting: boolean;
  /** Of the last packet: when it is decoded, and how long it lasts. */
  #last: { dts: bigint; duration: bigint } | null = null;
  /** Matroska does not store when the first packets are decoded: they come before the next one. */
  #undated: Packet[] = [];

  constructor(writer: Mp4Writer, stream: Stream) {
    this.#writer = writer;
    this.#number = writer.copy(stream);
    this.#isWaiting = stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO;
  }

  take(packet: Packet): void {
    if (this.#isWaiting && !packet.isKeyframe) return;
    this.#isWaiting = false;
    const step = packet.duration > 0n ? packet.duration : 1n;
    if (packet.dts !== AV_NOPTS_VALUE) {
      this.#writeUndated(packet.dts, step);
    } else if (this.#last) {
      packet.dts = this.#last.dts + this.#last.duration;
    } else {
      const copy = this.#undated.length < mostUndated ? packet.clone() : null;
      if (copy) this.#undated.push(copy);
      return;
    }
    this.#write(packet, step);
  }

  end(): void {}

  [Symbol.dispose](): void {
    for (const packet of this.#undated) packet.free();
  }

  #writeUndated(next: bigint, step: bigint): void {
    for (const [index, packet] of this.#undated.entries()) {
      packet.dts = next - step * BigInt(this.#undated.length - index);
      this.#write(packet, step);
      packet.free();
    }
    this.#undated = [];
  }

  #write(packet: Packet, duration: bigint): void {
    const { dts, timeBase } = packet;
    // Times that go back are those of a broken file, and no player could follow them.
    if (this.#last && dts <= this.#last.dts) return;
    this.#last = { dts, duration };
    this.#writer.write(packet, this.#number, timeBase);
  }
}
