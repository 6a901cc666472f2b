import { type DirectUploadErrorCode, isDirectUploadError } from "@clipcourier/core";
import { l10n } from "vscode";

/** What this extension itself refuses. The message is for people, in their language. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** What a program tells it by. */
  readonly code: "refused" | "source_unreadable";

  constructor(message: string, code: Refusal["code"] = "refused") {
    super(message);
    this.code = code;
  }
}

/**
 * Why something failed and what to do, in the language of the editor, to stand behind a colon. The
 * client's own message, which is English and knows more, goes into the log.
 *
 * @param host what the service is called
 */
export function describeError(error: unknown, host: string): string {
  if (error instanceof Refusal) return error.message;
  if (!isDirectUploadError(error)) return error instanceof Error ? error.message : String(error);
  // A connection that would fail again in the same way: the client says so of certificates alone.
  if (error.code === "network" && !error.retryable) {
    return l10n.t(
      "{0} shows a certificate that cannot be trusted. Check the address and this machine's clock, or install its authority in the system.",
      host,
    );
  }
  return describe(error.code, host, error.status ?? 0) ?? error.message;
}

// `undefined` where only the client's message tells what happened.
function describe(code: DirectUploadErrorCode, host: string, status: number): string | undefined {
  switch (code) {
    case "source_unreadable":
      return l10n.t("it cannot be read. Check that it is there and that you may read it.");
    case "source_empty":
      return l10n.t("it is empty. Check that whatever makes it has finished.");
    case "source_changed":
      return l10n.t(
        "it changed while it was uploaded, so no clip was made. Upload it again when it is complete.",
      );
    case "unauthorized":
      return l10n.t("{0} refuses the app id or the secret. Connect to it again.", host);
    case "forbidden":
      return l10n.t("{0} or its storage refused it (HTTP {1}).", host, status);
    case "not_found":
      return l10n.t(
        "{0} knows no such thing (HTTP 404). Check the URL of the service, with its version, such as /v2.7.",
        host,
      );
    case "rate_limited":
      return l10n.t("{0} has too many requests. Try again later.", host);
    case "server_error":
      return l10n.t("{0} or its storage has failed (HTTP {1}). Try again later.", host, status);
    case "network":
      return l10n.t(
        "{0} cannot be reached. Check the address, the network and the proxy settings, and whether the service runs.",
        host,
      );
    case "stalled":
      return l10n.t("{0} or its storage was silent for too long. Try again later.", host);
    case "bad_answer":
      return l10n.t("{0} does not answer as a clip service does. Check the URL.", host);
    case "part_mismatch":
      return l10n.t("storage reports other bytes than were sent. Try again.");
    case "url_expired":
      return l10n.t("the upload URLs have expired, and new ones did not help. Try again.");
    case "clip_failed":
      return l10n.t("the service could not make a clip of it. Check that it plays.");
    case "deadline":
      return l10n.t(
        "it is still being processed. The clip appears in the Clips view when it is ready.",
      );
    case "aborted":
      return l10n.t("it was stopped.");
    default:
      return undefined;
  }
}
