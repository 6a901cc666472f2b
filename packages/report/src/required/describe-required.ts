import { shortenCommit } from "../comment/order.js";
import type { Finding } from "./find-required.js";

const mostNamed = 5;

const remedy =
  "Upload a recording in a job of that commit that signs in with its ID token (on GitHub with permissions: id-token: write), not with a secret; then run this again.";
const remedyOfFork =
  "It comes from a fork, whose runs get no ID token for this repository, so no run of it can record one. Do not require a clip of forks; or read the change, push its commit to a branch of this repository and record it in a run of that branch; then run this again.";

/**
 * What was found, for people: a sentence, and where clips were found their addresses on lines of their own.
 *
 * @param paths the patterns that were asked for
 * @param number of the pull request
 */
export function describeFinding(
  finding: Finding,
  { paths, number }: { paths: readonly string[]; number: number },
): string[] {
  const { outcome, head, recordings } = finding;
  const cut = "The forge has not listed all changed files, so a clip is needed anyway.";
  const rest = finding.isCut ? [cut] : [];
  switch (outcome) {
    case "unneeded":
      return [`Nothing below ${paths.join(", ")} has changed: no clip is needed.`];
    case "met":
      return [
        ...rest,
        `There is a verified clip for ${shortenCommit(head)} of pull request ${number}:`,
        ...new Set(recordings.map(({ clip }) => clip.url)),
      ];
    case "missing":
      return [...rest, describeMissing(finding, number)];
  }
}

function describeMissing(finding: Finding, number: number): string {
  const { head, files, isFork } = finding;
  const [first, ...more] = files;
  const also = more.length === 0 ? "" : ` and ${more.length} more`;
  const what = first === undefined ? "" : `, which changes ${first}${also}`;
  const missing = `There is no verified clip for ${shortenCommit(head)} of pull request ${number}${what}.`;
  return [missing, ...describeOthers(finding), isFork ? remedyOfFork : remedy].join(" ");
}

function describeOthers({ others, unseen }: Finding): string[] {
  if (others.length === 0) return [];
  const named = others.slice(0, mostNamed).map(shortenCommit).join(", ");
  const rest = others.length > mostNamed ? ` and ${others.length - mostNamed} more` : "";
  const left = `The oldest ${unseen} of them were not looked at, whether they are test merges of it.`;
  return [
    `There are verified clips of other commits (${named}${rest}): record it again.`,
    ...(unseen === 0 ? [] : [left]),
  ];
}
