// This package is for extensions of either kind, and that one is an ECMAScript module.
import type { Clip } from "@clipcourier/core" with { "resolution-mode": "import" };
import type { CancellationToken, Uri } from "vscode";

/**
 * What `activate()` returns to other extensions:
 *
 * ```ts
 * const extension = vscode.extensions.getExtension<ClipcourierApi>("clipcourier.clipcourier-vscode");
 * const { clips } = await (await extension.activate()).upload([uri]);
 * ```
 */
export interface ClipcourierApi {
  /**
   * Uploads videos and pictures as clips, as the menu does: with a progress notification, to the active service.
   * Without a service, the person is asked to connect to one; the call rejects when they do not.
   *
   * A file that fails does not reject the call: it is in `failures`.
   */
  upload(uris: readonly Uri[], options?: ApiUploadOptions): Promise<UploadReport>;
}

export interface ApiUploadOptions {
  /** Stops the upload. Uploading the same files again resumes it. */
  token?: CancellationToken;
  /**
   * Whether the summary with its buttons is shown at the end.
   *
   * @default true
   */
  showSummary?: boolean;
}

/** What became of a batch. */
export interface UploadReport {
  clips: UploadedClip[];
  failures: FailedVideo[];
  /** Files whose names have no extension of a video or a picture. */
  leftOut: Uri[];
  /** Whether it was stopped before its end. Files that had not finished are in no list. */
  cancelled: boolean;
}

export interface UploadedClip {
  uri: Uri;
  clip: Clip & {
    /** The preview as a link to the clip's page, in Markdown, for a pull request or a chat. */
    markdown: string;
  };
  /** `known`: the service had the content already, and nothing was sent. */
  outcome: "uploaded" | "known";
  /** Lower-case hex MD5 of the content. */
  checksum: string;
  /** Bytes of the content. */
  size: number;
  /** Bytes that were sent and acknowledged. */
  bytesSent: number;
  /** Bytes that were in storage already, from an earlier try. */
  bytesReused: number;
}

export interface FailedVideo {
  uri: Uri;
  /**
   * A `DirectUploadErrorCode` of `@clipcourier/core`, or `refused` when this extension refuses.
   */
  code: string;
  /** For people: what happened and what to do. */
  message: string;
}
