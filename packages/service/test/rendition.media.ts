import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Decoder, Demuxer } from "node-av/api";
import {
  FF_ENCODER_LIBX264,
  FF_ENCODER_LIBX265,
  FF_ENCODER_MPEG4,
  type FFEncoderCodec,
} from "node-av/constants";
import { avGetCodecName } from "node-av/lib";
import { describe, expect, test } from "vitest";
import { encodeMedia } from "../../../test/fixtures/encode-media.ts";
import { createMedia } from "../dist/index.js";
import { anyone, inspectReady, openMediaFolder, unhurried } from "./inspect-pictures.js";

const pattern = "testsrc2=s=320x180:r=25:d=3,format=yuv420p";

const { folder, media } = openMediaFolder();

async function make(
  name: string,
  encoder: FFEncoderCodec = FF_ENCODER_LIBX264,
  source = pattern,
): Promise<string> {
  const path = join(folder, name);
  await encodeMedia({ path, source, encoder });
  return path;
}

async function render(source: string, by = media): Promise<string> {
  const output = `${source}.rendition`;
  const result = await by.render?.(source, output, "acc");
  if (result?.outcome !== "ready") throw new Error(JSON.stringify(result));
  expect(result.seconds).toBeGreaterThan(0);
  return output;
}

/** What a rendition holds: its codec, its frames that can be decoded, and its size. */
async function describeVideo(path: string) {
  await using input = await Demuxer.open(path);
  const stream = input.video();
  if (!stream) throw new Error("no video");
  using decoder = await Decoder.create(stream);
  let frames = 0;
  for (using frame of decoder.framesSync(input.packetsSync(stream.index))) frames += frame ? 1 : 0;
  const { codecId, width, height } = stream.codecpar;
  return { codec: avGetCodecName(codecId), frames, width, height };
}

describe("a rendition", () => {
  test.each([
    ["HEVC in MP4", "hevc.mp4", FF_ENCODER_LIBX265],
    ["MPEG-4 in AVI", "mpeg4.avi", FF_ENCODER_MPEG4],
  ] as const)("of %s is H.264, of which the index comes first", async (_, name, encoder) => {
    const original = await make(name, encoder);
    expect((await inspectReady(media, original)).playback.kind).toBe("transcode");
    const output = await render(original);
    expect(await describeVideo(output)).toEqual({
      codec: "h264",
      frames: 75,
      width: 320,
      height: 180,
    });
    const bytes = await readFile(output);
    expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
    const { playback, facts } = await inspectReady(media, output);
    expect(playback.kind).toBe("as-is");
    expect(facts).toMatchObject({ mime: "video/mp4", duration: expect.closeTo(3, 1) });
  });

  test.each(["h264.mkv", "h264.avi", "h264.ts", "h264.flv"])(
    "of %s keeps the frames as they are",
    async (name) => {
      const original = await make(name);
      expect((await inspectReady(media, original)).playback.kind).toBe("remux");
      const output = await render(original);
      expect(await describeVideo(output)).toMatchObject({ codec: "h264", frames: 75 });
      expect((await inspectReady(media, output)).playback.kind).toBe("as-is");
      // Encoded again it would be of another size.
      const [before, after] = await Promise.all([stat(original), stat(output)]);
      expect(Math.abs(after.size - before.size) / before.size).toBeLessThan(0.15);
    },
  );

  test("of a large video fits into 1080p", async () => {
    const source = "testsrc2=s=2560x1440:r=10:d=0.5,format=yuv420p";
    const output = await render(await make("large.avi", FF_ENCODER_MPEG4, source));
    expect(await describeVideo(output)).toMatchObject({ width: 1920, height: 1080, frames: 5 });
  });

  test("of a file that was cut off has what is there", async () => {
    const whole = await readFile(await make("whole.avi", FF_ENCODER_MPEG4));
    const path = join(folder, "cut.avi");
    await writeFile(path, whole.subarray(0, whole.length / 2));
    const { frames } = await describeVideo(await render(path));
    expect(frames).toBeGreaterThan(20);
    expect(frames).toBeLessThan(60);
  });
});

describe("no rendition, and no file", () => {
  async function refuse(source: string, by = media) {
    const result = await by.render?.(source, join(folder, "none.mp4"), "acc");
    expect(await readdir(folder)).not.toContain("none.mp4");
    return result;
  }

  test("of what is no video", async () => {
    const path = join(folder, "text.mp4");
    await writeFile(path, "Rendered in twelve minutes.\n".repeat(100));
    expect(await refuse(path)).toEqual({
      outcome: "failed",
      reason: expect.stringContaining("no video format"),
    });
  });

  test("where it grows too large, or takes too long", async () => {
    const path = await make("limits.avi", FF_ENCODER_MPEG4);
    const small = createMedia({ ...unhurried, renditions: { byteLimit: 10_000 } });
    expect(await refuse(path, small)).toEqual({
      outcome: "failed",
      reason: "It could not be made playable: it would be larger than 10000 bytes.",
    });
    const brief = createMedia({ ...unhurried, renditions: { timeLimit: 1 } });
    expect(await refuse(path, brief)).toEqual({
      outcome: "failed",
      reason: "It could not be made playable: reading it took longer than 0.001 s.",
    });
  });

  test("where the work is stopped: it may work later", async () => {
    const path = await make("stopped.avi", FF_ENCODER_MPEG4);
    const stopped = { outcome: "unavailable", reason: "The work was stopped." };
    expect(
      await media.render?.(path, join(folder, "none.mp4"), "acc", AbortSignal.abort()),
    ).toEqual(stopped);
  });

  test("where the service makes none", async () => {
    expect(createMedia({ renditions: false }).render).toBeNull();
  });
});

test("an inspection does not wait for a rendition", async () => {
  const one = createMedia({ ...unhurried, concurrency: 1 });
  const path = await make(
    "both.avi",
    FF_ENCODER_MPEG4,
    "testsrc2=s=1280x720:r=25:d=20,format=yuv420p",
  );
  const events: string[] = [];
  const rendition = one
    .render?.(path, join(folder, "both.mp4"), "acc")
    .then(() => events.push("rendition"));
  await one.inspect(path, anyone).then(() => events.push("inspection"));
  // Whichever ends first, both run: with one lane for both, the inspection would be second.
  await one.close();
  await rendition;
  expect(events[0]).toBe("inspection");
});
