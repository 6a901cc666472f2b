import { AV_NOPTS_VALUE } from "node-av/constants";
import type { Packet, Stream } from "node-av/lib";
import type { TimedFrame } from "./frame-cursor.js";
import type { Input } from "./input.js";
import type { Steps } from "./steps.js";
import type { StreamDecoder } from "./stream-decoder.js";
import { toSeconds, toTicks } from "./time.js";

/** The key frame at or before each step, each by a seek. A frame is valid until the next one. */
export async function* keyFrames(
  input: Input,
  stream: Stream,
  decoder: StreamDecoder,
  { start, length, rate }: Steps,
): AsyncGenerator<TimedFrame> {
  const total = Math.max(1, Math.round(length * rate));
  const first = stream.startTime === AV_NOPTS_VALUE ? 0n : stream.startTime;
  let shown: (TimedFrame & { position: bigint }) | null = null;
  try {
    for (let count = 0; count < total; count += 1) {
      const time = start + count / rate;
      await input.seek(stream, first + toTicks(time, stream.timeBase));
      const packet = await readKeyPacket(input, stream);
      if (packet && packet.pts !== shown?.position) {
        const position: bigint = packet.pts;
        const frame = decodeOne(decoder, packet);
        if (frame) {
          shown?.frame.free();
          shown = { frame, at: toSeconds(frame.pts - first, frame.timeBase), position };
        }
      }
      packet?.free();
      if (shown) yield shown;
    }
  } finally {
    shown?.frame.free();
  }
}

function decodeOne(decoder: StreamDecoder, packet: Packet) {
  const [frame, ...rest] = [...decoder.decode(packet), ...decoder.decode(null)];
  for (const other of rest) other.free();
  decoder.reset();
  return frame;
}

async function readKeyPacket(input: Input, stream: Stream): Promise<Packet | null> {
  for (;;) {
    const packet = await input.read();
    if (!packet || (packet.streamIndex === stream.index && packet.isKeyframe)) return packet;
    packet.free();
  }
}
