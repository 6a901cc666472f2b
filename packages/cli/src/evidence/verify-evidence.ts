import { createReadStream } from "node:fs";
import { UsageError } from "@clipcourier/batch";
import { type ClipAddress, isAddress, parseClipAddress } from "./clip-address.js";
import { describeFault } from "./describe.js";
import {
  describeStatus,
  type Evidence,
  EvidenceError,
  fetchEvidence,
  fetchKeys,
  nameAddress,
  readEvidence,
  readKeys,
} from "./evidence-source.js";
import { type FileDigests, readDigests } from "./file-digests.js";
import { type Expectations, type Fault, type Judged, judgeFile, judgeStatements } from "./judge.js";
import type { Statement } from "./statement.js";

/** Where what is said of a clip or file is found. */
export interface VerifyOptions extends Expectations {
  /** The address of the clip that a file is compared with. */
  clip?: string | undefined;
  /** A file with statements that were kept. */
  statement?: string | undefined;
  /** A file with the keys that are trusted. */
  keys?: string | undefined;
}

/** `verified`, or why it is not; `not-verified`: nobody has said where the clip comes from. */
type Outcome = "verified" | "not-verified" | "pending" | EvidenceError["fault"] | Fault;

export interface Verdict {
  outcome: Outcome;
  /** A whole sentence; `null` where it is verified. */
  reason: string | null;
  statements: Statement[];
  file: FileDigests | null;
}

export interface Place {
  /** Of the clip; `undefined` where nothing is asked of a service. */
  address: ClipAddress | undefined;
  /** Of the file; `undefined` where the clip is downloaded. */
  path: string | undefined;
}

/** @throws UsageError where it is not known what is said of the target */
export function choosePlace(target: string, { clip, statement, keys }: VerifyOptions): Place {
  if (isAddress(target)) {
    if (clip === undefined) return { address: parseClipAddress(target), path: undefined };
    throw new UsageError(
      "--clip is for a file. Leave it out where the address of a clip is given.",
    );
  }
  if (clip !== undefined) return { address: parseClipAddress(clip), path: target };
  if (statement !== undefined && keys !== undefined) return { address: undefined, path: target };
  throw new UsageError(
    "It is not known what is said of the file: add --clip with the address of its clip, or --statement and --keys with files that were kept.",
  );
}

/** Checks what is said of a clip or a file. What a service does not give is a verdict, too. */
export async function verifyEvidence(
  place: Place,
  options: VerifyOptions,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    return await judge(place, options, signal);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    return { outcome: error.fault, reason: error.message, statements: [], file: null };
  }
}

async function judge(
  { address, path }: Place,
  flags: VerifyOptions,
  signal: AbortSignal,
): Promise<Verdict> {
  const { statements, status } = await findEvidence(address, flags, signal);
  if (statements.length === 0) return describeNone(status);
  const keys =
    flags.keys === undefined && address !== undefined
      ? await fetchKeys(address, signal)
      : await readKeys(flags.keys ?? "");
  const expected = { repository: flags.repository, sha: flags.sha, clip: address?.id };
  const judged = await judgeStatements(statements, keys, expected);
  const taken = judged.flatMap((one) => ("fault" in one ? [] : [one.statement]));
  // Where nothing is to be compared with it, the file is not read.
  if (taken.length === 0) return conclude(judged, null);
  const most = Math.max(...taken.map(({ size }) => size));
  const file =
    path === undefined && address !== undefined
      ? await download(address, most, signal)
      : await readDigests(createReadStream(path ?? "", { signal }));
  return conclude(
    judged.map((one) => judgeFile(one, file)),
    file,
  );
}

function findEvidence(
  address: ClipAddress | undefined,
  { statement }: VerifyOptions,
  signal: AbortSignal,
): Promise<Evidence> {
  if (statement !== undefined || address === undefined) return readEvidence(statement ?? "");
  return fetchEvidence(address, signal);
}

async function download(
  { downloadUrl }: ClipAddress,
  mostBytes: number,
  signal: AbortSignal,
): Promise<FileDigests> {
  const place = nameAddress(downloadUrl);
  let response: Response;
  try {
    response = await fetch(downloadUrl, { signal });
    if (response.ok && response.body) return await readDigests(response.body, mostBytes);
  } catch (error) {
    signal.throwIfAborted();
    throw new EvidenceError("unreachable", `${place} cannot be read whole. Try again.`, {
      cause: error,
    });
  }
  throw describeStatus(response.status, place);
}

function conclude(judged: readonly Judged[], file: FileDigests | null): Verdict {
  const statements = judged.flatMap((one) => ("fault" in one ? [] : [one.statement]));
  if (statements.length > 0) return { outcome: "verified", reason: null, statements, file };
  const faults = judged.filter((one) => "fault" in one);
  // What is wrong with a statement that was signed says more than that others were not.
  const told = faults.find(({ statement }) => statement !== undefined) ?? faults[0];
  if (told === undefined) return describeNone(undefined);
  return { outcome: told.fault, reason: describeFault(told), statements: [], file };
}

function describeNone(status: string | undefined): Verdict {
  const nothing = { statements: [], file: null };
  if (status === "pending") {
    const reason = "The clip is not available yet: its bytes are being read. Try again.";
    return { outcome: "pending", reason, ...nothing };
  }
  const reason =
    "Not verified: the clip was uploaded with a secret, and no job has said with its ID token where it comes from.";
  return { outcome: "not-verified", reason, ...nothing };
}
