import {
  explainRefusal,
  explainSilentScreen,
  NotMediaError,
  probeSize,
  refusePictures,
} from "../../container.js";
import type { OpenedSource } from "../../source.js";
import type { Probe } from "../engine.js";
import {
  describeAudio,
  describeVideo,
  findAudio,
  findVideo,
  toNumber,
} from "./describe-streams.js";
import { type ProbedFile, type ProbedStream, parseProbe, probedEntries } from "./probe-json.js";
import type { ProgramInput } from "./program-input.js";
import { ProgramError } from "./run-program.js";
import { runTool, type Tools } from "./tools.js";

/** What is known of an opened video, beside what others need. */
export interface ProbedVideo {
  probe: Probe;
  stream: ProbedStream;
  audio: ProbedStream | undefined;
}

/** @throws NotMediaError when the content is no video */
export async function probeVideo(
  tools: Tools,
  source: OpenedSource,
  input: ProgramInput,
): Promise<ProbedVideo> {
  const { format, streams } = await askFfprobe(tools, source, input);
  const brand = format.tags.major_brand ?? null;
  refusePictures(source.formats, brand);
  const formatName = format.format_long_name ?? format.format_name;
  const stream = findVideo(streams);
  if (!stream) throw explainSilentScreen(formatName);
  const audio = findAudio(streams);
  const stated = positive(toNumber(format.duration)) ?? positive(toNumber(stream.duration));
  const probe: Probe = {
    format: format.format_name,
    formatName,
    brand,
    frameCount: toNumber(stream.nb_frames) || null,
    duration: stated ?? (await countDuration(tools, source, input, stream)),
    video: describeVideo(stream, tools.program.decodable),
    audio: describeAudio(audio),
  };
  return { probe, stream, audio };
}

async function askFfprobe(
  tools: Tools,
  source: OpenedSource,
  input: ProgramInput,
): Promise<ProbedFile> {
  const head = await source.readHead(probeSize);
  if (head.length === 0) throw new NotMediaError("the file is empty");
  try {
    const args = [...input.guards, "-threads", "1", "-show_entries", probedEntries, "-of", "json"];
    const json = await runTool(tools, "ffprobe", [...args, "-i", input.url], { env: input.env });
    return parseProbe(json.toString());
  } catch (error) {
    source.checkIntact();
    if (error instanceof ProgramError) throw explainRefusal(await findFormat(tools, head));
    throw error;
  }
}

/** What FFmpeg takes the beginning of a file for. Nothing is opened: no format is allowed. */
async function findFormat(tools: Tools, head: Buffer) {
  const args = ["-protocol_whitelist", "pipe", "-format_whitelist", "none", "-i", "pipe:0"];
  const log = await runTool(tools, "ffprobe", args, { input: [head] }).then(
    () => "",
    (error) => (error instanceof ProgramError ? error.log : ""),
  );
  const format = /^\[(\S+) @ \S+\] Format not on whitelist/m.exec(log)?.[1];
  if (format === undefined) return null;
  const list = (await runTool(tools, "ffprobe", ["-demuxers"])).toString();
  const line = list.split("\n").find((each) => each.trim().split(/\s+/)[1] === format);
  const longName = line?.trim().split(/\s+/).slice(2).join(" ");
  return { format, ...(longName && { longName }) };
}

/** Browsers record WebM without a duration, so it is computed from the packets. */
async function countDuration(
  tools: Tools,
  source: OpenedSource,
  input: ProgramInput,
  { index }: ProbedStream,
): Promise<number | null> {
  if (source.size > source.countingLimit) return null;
  const args = [...input.guards, "-select_streams", String(index), "-of", "csv=print_section=0"];
  args.push("-show_entries", "packet=pts_time", "-i", input.url);
  const list = (await runTool(tools, "ffprobe", args, { env: input.env })).toString();
  let first: number | null = null;
  let last = 0;
  let frames = 0;
  for (const line of list.split("\n")) {
    const time = Number.parseFloat(line);
    if (Number.isNaN(time)) continue;
    first ??= time;
    last = Math.max(last, time);
    frames += 1;
  }
  if (first === null || last <= first) return null;
  // How long the last frame is shown is not stored: it counts as long as the average of the others.
  return ((last - first) * frames) / (frames - 1);
}

function positive(number: number | null): number | null {
  return number !== null && number > 0 ? number : null;
}
