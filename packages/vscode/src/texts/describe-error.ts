import { type DirectUploadErrorCode, isDirectUploadError } from "@clipcourier/core";
import { l10n } from "vscode";

/** A refusal by this extension itself. The message is for people, in the language of the editor. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** The code for programs. */
  readonly code: "refused" | "source_unreadable";

  constructor(message: string, code: Refusal["code"] = "refused") {
    super(message);
    this.code = code;
  }
}

/**
 * Says why something failed and what to do, in the language of the editor, as a text that follows a
 * colon. The message of the client, which is English and has more details, goes into the log.
 *
 * @param host the name of the service
 */
export function describeError(error: unknown, host: string): string {
  if (error instanceof Refusal) return error.message;
  if (!isDirectUploadError(error)) return error instanceof Error ? error.message : String(error);
  if (error.code === "network" && !error.retryable) {
    // The client calls two kinds not retryable: those of certificates, which have a cause, and the
    // refusals of a proxy.
    if (error.cause === undefined) {
      return l10n.t(
        "the proxy refuses to connect to {0}. Check the user and the password in http.proxy; the log has its answer.",
        host,
      );
    }
    return l10n.t(
      "{0} shows a certificate that cannot be trusted. Check the address and this machine's clock, or install its authority in the system.",
      host,
    );
  }
  // The client names the variable of the environment, which stands for the setting here.
  if (
    error.code === "invalid_option" &&
    /\b(?:https?|all)_proxy (?:is|names) /i.test(error.message)
  ) {
    return l10n.t(
      "the proxy in http.proxy, or in the environment where that is empty, cannot be used. Give it as http://host:port; https, socks5 and socks5h are supported too.",
    );
  }
  if (error.code === "bad_answer" && /allowed ?storage ?hosts/i.test(error.message)) {
    return l10n.t(
      "{0} wants the file to be sent to a host that may not be sent to; the log names it. If the service is right, allow the host in clipcourier.allowedStorageHosts.",
      host,
    );
  }
  return describe(error.code, host, error.status ?? 0) ?? error.message;
}

// `undefined` for errors that only the message of the client explains.
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
