import type { Clip } from "@clipcourier/core";
import type { CancellationToken, Uri } from "vscode";

/**
 * What `activate()` gives to other extensions:
 *
 * ```ts
 * const extension = vscode.extensions.getExtension<ClipcourierApi>("clipcourier.clipcourier-vscode");
 * const { clips } = await (await extension.activate()).upload([uri]);
 * ```
 */
export interface ClipcourierApi {
  /**
   * Uploads videos as clips, as the menu does: with its progress, to the service that is connected,
   * or to the one that the person connects to when asked.
   *
   * A file that fails does not reject: it is among the failures. Rejects when the person does not
   * connect to a service.
   */
  upload(uris: readonly Uri[], options?: ApiUploadOptions): Promise<UploadReport>;
}

export interface ApiUploadOptions {
  /** Stops the upload; it can be gone on with by uploading the same again. */
  token?: CancellationToken;
  /** Whether the summary with its buttons is shown at the end. Default `true`. */
  showSummary?: boolean;
}

/** What became of a batch. */
export interface UploadReport {
  clips: UploadedClip[];
  failures: FailedVideo[];
  /** Files that are no videos by their names. */
  leftOut: Uri[];
  /** Whether it was stopped before its end; what was not finished is in neither list. */
  cancelled: boolean;
}

export interface UploadedClip {
  uri: Uri;
  clip: Clip & {
    /** A picture that leads to the clip's page, for a pull request or a chat. */
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
  /** A `DirectUploadErrorCode` of `@clipcourier/core`, or `refused` for what this extension refuses. */
  code: string;
  /** For people: what happened and what to do. */
  message: string;
}
