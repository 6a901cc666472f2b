import { DirectUploadError } from "../errors.js";
import { noPullRequest, parsePullRequest } from "./pull-request-address.js";

/**
 * The address of a pull request, in the spelling that a service compares.
 *
 * @throws `invalid_option` with the option's name
 */
export function requirePullRequest(name: string, value: string): string {
  const pull = parsePullRequest(value);
  if (pull) return pull.address;
  throw new DirectUploadError("invalid_option", `${name}: ${noPullRequest}`);
}
