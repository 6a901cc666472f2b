import { AV_NOPTS_VALUE, AVMEDIA_TYPE_AUDIO } from "node-av/constants";
import { Codec, type Packet, type Stream } from "node-av/lib";
import type { OpenedSource } from "../../source.js";
import type { Conversion, Probe } from "../engine.js";
import { CopiedTrack } from "./copied-track.js";
import { EncodedTrack, encodeAudio, encodeVideo } from "./encoded-track.js";
import { Input } from "./input.js";
import { Mp4Writer } from "./mp4-writer.js";
import { findVideo } from "./probe.js";
import type { Track } from "./track.js";

/**
 * Writes an MP4 that browsers play.
 *
 * @throws when it grows too large, or nothing of the video can be decoded
 */
export async function convertVideo(
  source: OpenedSource,
  probe: Probe,
  conversion: Conversion,
  output: string,
): Promise<void> {
  await using input = await Input.open(source, { fflags: "+genpts" });
  const video = findVideo(input);
  const audio = conversion.audio === "none" ? null : findSound(input);
  input.select(audio ? [video, audio] : [video]);
  await using writer = new Mp4Writer(output, conversion.byteLimit);
  const tracks = new Map<number, Track>();
  try {
    const { video: how, audio: sound } = conversion;
    tracks.set(
      video.index,
      how === "copy"
        ? new CopiedTrack(writer, video)
        : new EncodedTrack(writer, encodeVideo(video, probe.video, conversion)),
    );
    if (audio) {
      const isCopied = sound === "copy";
      tracks.set(
        audio.index,
        isCopied ? new CopiedTrack(writer, audio) : new EncodedTrack(writer, encodeAudio(audio)),
      );
    }
    await writer.start();
    await passAll(input, tracks);
    source.checkIntact();
    for (const track of tracks.values()) track.end();
    await writer.finish();
  } finally {
    for (const track of tracks.values()) track[Symbol.dispose]();
  }
}

async function passAll(input: Input, tracks: ReadonlyMap<number, Track>): Promise<void> {
  const { startTime } = input.demuxer;
  for await (using packet of input.packets()) {
    if (!packet) return;
    const track = tracks.get(packet.streamIndex);
    if (!track) continue;
    shift(packet, startTime);
    track.take(packet);
  }
}

/** The sound that a player takes, if it can be decoded. */
function findSound({ demuxer }: Input): Stream | null {
  const stream = demuxer.findBestStream(AVMEDIA_TYPE_AUDIO);
  return stream && Codec.findDecoder(stream.codecpar.codecId) ? stream : null;
}

/** Lets the file begin at zero: broadcasts do not. */
function shift(packet: Packet, start: number): void {
  const { num, den } = packet.timeBase;
  const ticks = BigInt(Math.round((start * den) / num));
  if (packet.pts !== AV_NOPTS_VALUE) packet.pts -= ticks;
  if (packet.dts !== AV_NOPTS_VALUE) packet.dts -= ticks;
}
