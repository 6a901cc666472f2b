import {
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
} from "jose";
import * as v from "valibot";

const said = v.optional(v.string());
/** What docs/evidence.md says; keys that are added to it are left out. */
const statementSchema = v.object({
  _type: v.literal("https://in-toto.io/Statement/v1"),
  subject: v.tuple([
    v.object({
      name: v.string(),
      digest: v.object({ md5: v.string(), sha256: v.optional(v.string()) }),
    }),
  ]),
  predicateType: v.literal("urn:clipcourier:recorded:v1"),
  predicate: v.object({
    clip: v.string(),
    size: v.number(),
    how: v.picklist(["uploaded", "announced"]),
    recordedOn: v.string(),
    run: v.object({
      issuer: v.string(),
      ...{ subject: said, server: said, repository: said, sha: said, ref: said, workflow: said },
      ...{ runId: said, runAttempt: said, event: said, actor: said, runUrl: said, issuedOn: said },
      pullRequest: v.optional(v.number()),
    }),
  }),
});

/** What a service says of a run that has recorded a clip, once its signature was checked. */
export interface Statement {
  clip: string;
  /** Bytes. */
  size: number;
  md5: string;
  /** Absent for a clip that an earlier version of the service has verified. */
  sha256: string | undefined;
  how: "uploaded" | "announced";
  recordedOn: string;
  run: v.InferOutput<typeof statementSchema>["predicate"]["run"];
}

/**
 * Why a statement is not believed.
 *
 * - `altered`: its signature is not that of what it says
 * - `unknown-key`: it was signed by a key that is not among those given
 * - `no-statement`: it is none of a service, or not signed as a service signs
 */
export type StatementFault = "altered" | "unknown-key" | "no-statement";

const algorithms = ["EdDSA"];
const signatureType = "clipcourier-statement+jws";

/** Checks the signature of a compact JWS by these keys alone, and reads what it says. */
export async function openStatement(
  jws: string,
  keys: JSONWebKeySet,
): Promise<Statement | StatementFault> {
  try {
    // An algorithm that the statement chooses, such as "none", is not looked at.
    const { payload } = await compactVerify(jws, createLocalJWKSet(keys), { algorithms });
    if (decodeProtectedHeader(jws).typ !== signatureType) return "no-statement";
    return readStatement(new TextDecoder().decode(payload));
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return "altered";
    if (error instanceof errors.JWKSNoMatchingKey) return "unknown-key";
    if (error instanceof errors.JOSEError || error instanceof SyntaxError) return "no-statement";
    throw error;
  }
}

function readStatement(text: string): Statement | StatementFault {
  const parsed = v.safeParse(statementSchema, JSON.parse(text));
  if (!parsed.success) return "no-statement";
  const [{ digest }] = parsed.output.subject;
  const { clip, size, how, recordedOn, run } = parsed.output.predicate;
  return { clip, size, md5: digest.md5, sha256: digest.sha256, how, recordedOn, run };
}
