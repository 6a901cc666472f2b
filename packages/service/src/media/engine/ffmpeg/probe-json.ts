import * as v from "valibot";

const text = v.optional(v.string());
const number = v.optional(v.number());

const streamSchema = v.object({
  index: v.number(),
  codec_type: text,
  codec_name: text,
  codec_tag_string: text,
  profile: text,
  pix_fmt: text,
  width: number,
  height: number,
  sample_aspect_ratio: text,
  field_order: text,
  color_range: text,
  color_space: text,
  color_primaries: text,
  color_transfer: text,
  avg_frame_rate: text,
  nb_frames: text,
  bit_rate: text,
  start_time: text,
  duration: text,
  channels: number,
  sample_rate: text,
  disposition: v.optional(v.record(v.string(), v.number()), {}),
  tags: v.optional(v.object({ alpha_mode: text }), {}),
  side_data_list: v.optional(v.array(v.object({ displaymatrix: text })), []),
});

const probeSchema = v.object({
  streams: v.array(streamSchema),
  format: v.object({
    format_name: v.string(),
    format_long_name: text,
    duration: text,
    tags: v.optional(v.object({ major_brand: text }), {}),
  }),
});

/** What ffprobe prints about a stream. Values that it does not know are missing. */
export type ProbedStream = v.InferOutput<typeof streamSchema>;

export type ProbedFile = v.InferOutput<typeof probeSchema>;

/** What ffprobe is asked for, and no more: a file can hold megabytes of tags. */
export const probedEntries = [
  "format=format_name,format_long_name,duration",
  "format_tags=major_brand",
  `stream=${Object.keys(streamSchema.entries).join(",")}`,
  "stream_disposition",
  "stream_tags=alpha_mode",
  "stream_side_data=displaymatrix",
].join(":");

/** @throws ValiError when it is not what ffprobe prints */
export function parseProbe(json: string): ProbedFile {
  return v.parse(probeSchema, JSON.parse(json));
}
