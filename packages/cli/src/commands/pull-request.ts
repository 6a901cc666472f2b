import { formatCount } from "@clipcourier/batch";
import type { PullRequestClips, PullRequestState } from "@clipcourier/core";
import { findKeptPull } from "../forge/keep-for.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { print, printJson, printNote } from "../terminal/output.js";
import { type ClipsFlags, connectToRead } from "./clips.js";

/** `clipcourier pull-request <closed|open> [address]` */
export async function tellPullRequest(
  state: PullRequestState,
  given: string,
  flags: ClipsFlags,
): Promise<ExitCode> {
  const pull = await findKeptPull(given, "The address", process.env);
  if ("reason" in pull) {
    if (flags.json) printJson({ pullRequest: null, reason: pull.reason });
    else printNote(`Nothing is told: ${pull.reason}.`);
    return exitCode.done;
  }
  await using connection = await connectToRead(flags);
  const { address } = pull;
  const kept = await connection.client.reportPullRequest(address, state);
  const { clips, days = null } = kept;
  if (flags.json) printJson({ pullRequest: { address, state, clips, days } });
  else print(`${address} is ${state}: ${describeClips(kept, state)}`);
  return exitCode.done;
}

function describeClips({ clips, days }: PullRequestClips, state: PullRequestState): string {
  const kept = formatCount(clips, "clip");
  if (state === "open" || days === undefined) return `${kept}, kept while it is open`;
  return `${kept}, deleted after ${formatCount(days, "day")}, unless it is opened again or another one keeps them`;
}
