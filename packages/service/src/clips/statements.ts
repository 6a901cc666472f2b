import { isDeepStrictEqual } from "node:util";
import type { Catalog } from "../catalog/catalog.js";
import type { ClipState } from "../catalog/clip-state.js";
import type { Statement, VerifiedRun } from "../catalog/verified-run.js";

/** The runs that are recorded of one clip: the first one and the newest. Those between are dropped. */
export const mostStatements = 100;

/** What a request adds to a clip, where a job has made it with its ID token. */
export interface Recording {
  run: VerifiedRun;
  how: Statement["how"];
  /** Milliseconds since 1970. */
  now: number;
}

type Recorded = Pick<ClipState, "statements" | "statementsCut">;

/**
 * The state with the run among its statements; the same state where that adds nothing. A run that was
 * recorded stays as it was recorded. Where there are too many, the oldest after the first one is dropped.
 */
export function addStatement<State extends ClipState>(state: State, recording: Recording): State {
  if (hasStatement(state, recording)) return state;
  const { run, how, now } = recording;
  const sha256 = state.status === "available" ? state.sha256 : null;
  const recordedOn = new Date(now).toISOString();
  const statement = { ...run, how, recordedOn, ...(sha256 !== null && { sha256 }) };
  const statements = [...state.statements, statement];
  if (statements.length <= mostStatements) return { ...state, statements };
  const dropped = findDropped(statements);
  return { ...state, statements: statements.filter((one) => one !== dropped), statementsCut: true };
}

/** The oldest one that is not the first of its bytes; the oldest where there is none. */
function findDropped(statements: readonly Statement[]): Statement | undefined {
  // The one that is added is the last.
  const later = statements.slice(0, -1).find((one) => {
    const ofBytes = statements.filter(({ sha256 }) => sha256 === one.sha256);
    return one !== findFirst(ofBytes);
  });
  return later ?? statements[0];
}

/** The run that stands for all: the first one that has uploaded the bytes, or else the first one. */
export function findFirst(statements: readonly Statement[]): Statement | undefined {
  return statements.find(({ how }) => how === "uploaded") ?? statements[0];
}

/** Whether nothing is to be added: the run is recorded of these bytes. */
export function hasStatement(
  { statements, sha256, status }: ClipState,
  { run, how }: Pick<Recording, "run" | "how">,
): boolean {
  const wanted = status === "available" ? sha256 : null;
  return statements.some((one) => {
    const isOfBytes = (one.sha256 ?? null) === wanted;
    return isOfBytes && isSameRun(one, run) && (one.how === how || one.how === "uploaded");
  });
}

/** Jobs of one attempt have the same run, each with a token of its own. */
function isSameRun({ how: _, recordedOn: __, sha256: ___, ...known }: Statement, run: VerifiedRun) {
  return isDeepStrictEqual({ ...known, issuedOn: undefined }, { ...run, issuedOn: undefined });
}

/**
 * What is recorded once the bytes were looked at: they are named where they are good, and what was said
 * of others is dropped.
 */
export function settleStatements({
  status,
  sha256,
  statements,
  statementsCut,
}: ClipState): Recorded {
  if (status === "failed") {
    return { statements: statements.filter((one) => one.sha256 !== undefined), statementsCut };
  }
  if (status !== "available" || sha256 === null) return { statements, statementsCut };
  return { statements: statements.map((one) => ({ sha256, ...one })), statementsCut };
}

/** The names of the groups in which clips of a run are found: that of its commit and its pull request. */
export function groupsOf({ server, repository, sha, pullRequest }: VerifiedRun): string[] {
  if (server === undefined || repository === undefined) return [];
  const name = `${server}/${repository}`.toLowerCase();
  return [
    ...(sha === undefined ? [] : [groupOfCommit(name, sha)]),
    ...(pullRequest === undefined ? [] : [groupOfPull(name, pullRequest)]),
  ];
}

/** @param repository with its server, in lower case */
export function groupOfCommit(repository: string, sha: string): string {
  return `${repository} commit ${sha.toLowerCase()}`;
}

/** @param repository with its server, in lower case */
export function groupOfPull(repository: string, pullRequest: number): string {
  return `${repository} pull ${pullRequest}`;
}

/** Has the clip found by its run. It is called before its state says so: then none is missing there. */
export async function enterRun(
  { runs }: Pick<Catalog, "runs">,
  { id, account }: Pick<ClipState, "id" | "account">,
  run: VerifiedRun,
): Promise<void> {
  for (const group of groupsOf(run)) await runs.enter(account, group, id);
}

/**
 * Has a clip found no more by those whose statements were dropped to make room for another one. It is called
 * after the state says so.
 */
export async function leaveDropped(
  catalog: Pick<Catalog, "runs" | "read">,
  before: ClipState,
  after: ClipState,
): Promise<void> {
  if (!after.statementsCut) return;
  const { id, account } = after;
  const groups = (state: ClipState) => [...new Set(state.statements.flatMap(groupsOf))];
  const kept = groups(after);
  const left = groups(before).filter((group) => !kept.includes(group));
  for (const group of left) await catalog.runs.strike(account, group, [id]);
  // Somebody else may have recorded a run of the same pull request after it was dropped here, and before it
  // was struck; or may have struck what was entered for the one that is recorded here.
  const added = kept.filter((group) => !groups(before).includes(group));
  const current = (await catalog.read(id))?.state;
  if (!current || current.status === "deleted") return;
  const wanted = groups(current);
  for (const group of [...left, ...added]) {
    if (wanted.includes(group)) await catalog.runs.enter(account, group, id);
  }
}
