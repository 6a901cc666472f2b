/** The programs `ffmpeg` and `ffprobe` of a machine. */
export interface FfmpegProgram {
  /** Such as `ffmpeg 5.1.9`. */
  name: string;
  /** Paths. */
  ffmpeg: string;
  ffprobe: string;
  /** Whether it can be told how a video is turned, whatever the file says: FFmpeg 6 and later can. */
  canStateRotation: boolean;
  /** FFmpeg's names of the codecs that it can decode. */
  decodable: readonly string[];
}
