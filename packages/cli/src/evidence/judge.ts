import type { JSONWebKeySet } from "jose";
import type { FileDigests } from "./file-digests.js";
import { openStatement, type Statement, type StatementFault } from "./statement.js";

/** What somebody wants a statement to say. */
export interface Expectations {
  /** `owner/name`, or with its server `github.com/owner/name`. */
  repository?: string | undefined;
  /** A commit, in full. */
  sha?: string | undefined;
}

/**
 * Why a file or clip is not verified, beside what is wrong with a statement.
 *
 * - `other-clip`: the statement is about another clip
 * - `other-repository`, `other-commit`: it does not say what was expected
 * - `wrong-file`: the bytes are not those that it is about
 */
export type Fault =
  | StatementFault
  | "other-clip"
  | "other-repository"
  | "other-commit"
  | "wrong-file";

/** A statement as it was judged: what it says, or why it is not taken. */
export type Judged = { statement: Statement } | { fault: Fault; statement?: Statement };

/** Judges statements by their signatures and by what is expected of them; not by the file. */
export function judgeStatements(
  statements: readonly string[],
  keys: JSONWebKeySet,
  { clip, ...expected }: Expectations & { clip: string | undefined },
): Promise<Judged[]> {
  return Promise.all(
    statements.map(async (jws): Promise<Judged> => {
      const statement = await openStatement(jws, keys);
      if (typeof statement === "string") return { fault: statement };
      if (clip !== undefined && statement.clip !== clip) return { fault: "other-clip", statement };
      const fault = findUnexpected(statement, expected);
      return fault === null ? { statement } : { fault, statement };
    }),
  );
}

/** The same once the file was read. */
export function judgeFile(judged: Judged, file: FileDigests): Judged {
  if ("fault" in judged) return judged;
  const { md5, sha256, size } = judged.statement;
  const isSame =
    file.md5 === md5 && file.size === size && (sha256 === undefined || file.sha256 === sha256);
  return isSame ? judged : { fault: "wrong-file", statement: judged.statement };
}

function findUnexpected({ run }: Statement, { repository, sha }: Expectations): Fault | null {
  if (repository !== undefined && !isRepository(run, repository)) return "other-repository";
  if (sha !== undefined && run.sha?.toLowerCase() !== sha.toLowerCase()) return "other-commit";
  return null;
}

/** Forges do not tell names by their case. */
function isRepository({ server, repository }: Statement["run"], wanted: string): boolean {
  if (repository === undefined) return false;
  const name = repository.toLowerCase();
  return [name, `${server?.toLowerCase()}/${name}`].includes(wanted.toLowerCase());
}
