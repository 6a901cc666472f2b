import { isDirectUploadError } from "@clipcourier/core";
import { l10n } from "vscode";
import { describeError, Refusal } from "../texts/describe-error.js";

/** Whether asking again leads to the same until a person does something. */
export function isFinal(error: unknown): boolean {
  if (error instanceof Refusal) return true;
  return isDirectUploadError(error, "not_found") || isDirectUploadError(error, "unauthorized");
}

/** Why the clip of an editor is not shown, and what to do. */
export function describeFailure(error: unknown, host: string): string {
  if (isDirectUploadError(error, "not_found")) {
    return l10n.t("{0} has this clip no longer. It was probably deleted.", host);
  }
  if (error instanceof Refusal) return error.message;
  return l10n.t("The clip could not be loaded: {0}", describeError(error, host));
}
