import type { Packet } from "node-av/lib";

/** One stream on its way into the new file. */
export interface Track extends Disposable {
  take(packet: Packet): void;
  /** Writes what is still held back. */
  end(): void;
}
