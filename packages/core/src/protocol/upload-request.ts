import type { Asset } from "../clip.js";

/** The content that a service is asked for upload URLs for. */
export interface UploadRequest {
  /** Lower-case hex MD5 of the whole content. */
  checksum: string;
  /** Bytes. */
  size: number;
  filename?: string | undefined;
  /** Sent when it is not `video/mp4`, the protocol's default. A type of `image/` asks for a photo. */
  mime?: string | undefined;
  /** Seconds of the frame that becomes the thumbnail; an extension. Not sent when it is `auto`. */
  thumbnailTime?: number | "auto" | undefined;
  /** Which part the preview shows; an extension. Not sent when it is `auto`. */
  preview?: "auto" | "start" | "end" | undefined;
  /** The address of the pull request that the clip is kept for; an extension. */
  keepFor?: string | undefined;
}

/** How an upload is finalized. */
export interface FinalizeOptions {
  /**
   * What its URLs were asked for: `photo` where `mime` was that of a picture.
   *
   * @default "videoclip"
   */
  asset?: Asset | undefined;
}
