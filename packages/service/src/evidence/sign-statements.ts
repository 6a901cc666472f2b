import { CompactSign } from "jose";
import type { Clip } from "../catalog/clip-state.js";
import type { Statement } from "../catalog/verified-run.js";
import { type StatementKeys, statementAlgorithm } from "./statement-keys.js";

const statementType = "https://in-toto.io/Statement/v1";
/** Documented in docs/evidence.md. */
const predicateType = "urn:clipcourier:recorded:v1";
/** In the header of each signature, so that nothing else that a key may sign is taken for a statement. */
const signatureType = "clipcourier-statement+jws";

/**
 * The statements about the bytes that a clip has now. Those about bytes that are lost are kept, and say
 * nothing of the ones that were uploaded later.
 */
export function statementsOf({ status, statements, sha256 }: Clip): Statement[] {
  if (status !== "available") return [];
  return statements.filter((statement) => (statement.sha256 ?? null) === sha256);
}

/** Each statement about a clip as a compact JWS over an in-toto Statement, the earliest first. */
export async function signStatements(clip: Clip, keys: StatementKeys): Promise<string[]> {
  const statements = statementsOf(clip);
  if (statements.length === 0) return [];
  const { kid, key } = await keys.findSigningKey();
  return Promise.all(
    statements.map((statement) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(describe(clip, statement))))
        .setProtectedHeader({ alg: statementAlgorithm, kid, typ: signatureType })
        .sign(key),
    ),
  );
}

function describe(
  { id, checksum, size }: Clip,
  { sha256, how, recordedOn, ...run }: Statement,
): object {
  return {
    _type: statementType,
    subject: [{ name: id, digest: { ...(sha256 !== undefined && { sha256 }), md5: checksum } }],
    predicateType,
    predicate: { clip: id, size, how, recordedOn, run },
  };
}
