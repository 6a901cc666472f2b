import { setSecret } from "@actions/core";

// The runner drops an output that holds a masked text, and a short text can be part of many.
const shortestSecret = 4;

/** Has the runner replace the secret by `***` in the log, whoever prints it. */
export function mask(secret: string): void {
  if (secret.length >= shortestSecret) setSecret(secret);
}
