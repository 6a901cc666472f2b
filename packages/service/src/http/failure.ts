import { HttpError } from "../http-error.js";
import { StoreFullError, StoreUnavailableError } from "../store/store-error.js";

/** A failure of the service that passes, or that its operator can end. */
export interface Failure {
  /** For the log, which says the same kind only once in a while. */
  kind: string;
  answer: HttpError;
}

const tooManyFiles = new Set(["EMFILE", "ENFILE"]);
const noSpace = new Set(["ENOSPC", "EDQUOT"]);

/** What is known about an error that no route expected, from itself and from its causes. */
export function describeFailure(error: unknown): Failure {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const failure = describeCause(cause);
    if (failure) return failure;
  }
  return {
    kind: `crash: ${error}`,
    answer: new HttpError(500, "The service failed. Its log says why; try again."),
  };
}

function describeCause(error: Error): Failure | null {
  const code = "code" in error ? String(error.code) : "";
  if (tooManyFiles.has(code)) {
    const message = "The service has as many files open as it may. Try again in a moment.";
    return { kind: "too many open files", answer: unavailable(message, 2) };
  }
  if (error instanceof StoreFullError) {
    return { kind: "store full", answer: storeFull() };
  }
  if (noSpace.has(code)) {
    return { kind: "store full", answer: storeFull() };
  }
  if (error instanceof StoreUnavailableError) {
    const message = "The store of the service is not available. Try again later.";
    return { kind: "store unavailable", answer: unavailable(message, 10) };
  }
  return null;
}

/** The log says which store it is. */
function storeFull(): HttpError {
  return new HttpError(507, "The store of the service is full. Delete clips, or try again later.");
}

function unavailable(message: string, seconds: number): HttpError {
  return new HttpError(503, message, { "Retry-After": String(seconds) });
}
