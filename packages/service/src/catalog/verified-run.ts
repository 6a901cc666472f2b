import * as v from "valibot";

const text = v.optional(v.string());

/**
 * What the verified ID token of a job says of its run. What a CI system's tokens do not say, or say in
 * more than 512 characters, is absent.
 */
export const verifiedRunSchema = v.object({
  /** The claim `iss`: whose signature was checked. */
  issuer: v.string(),
  /** The claim `sub`. */
  subject: text,
  /** Where the repository is, such as `github.com`. */
  server: text,
  /** As the server writes it, such as `octo/app`. */
  repository: text,
  /** The commit that was checked out: of a pull request on GitHub that of the test merge. */
  sha: text,
  ref: text,
  /** The workflow's file and its ref. */
  workflow: text,
  runId: text,
  runAttempt: text,
  event: text,
  actor: text,
  /** The address of the run's page, where it is known how the server writes it. */
  runUrl: text,
  /** The number of the pull request whose run it is. */
  pullRequest: v.optional(v.number()),
  /** When the token was issued, ISO 8601. */
  issuedOn: text,
});
export type VerifiedRun = v.InferOutput<typeof verifiedRunSchema>;

/** A run that has uploaded or announced a clip's content. It is never changed once it has a SHA-256. */
export const statementSchema = v.object({
  ...verifiedRunSchema.entries,
  /**
   * `uploaded`: this run has finalized the upload that the bytes came with; `announced`: it has named
   * the checksum and the size of bytes that were stored already, and has sent none.
   */
  how: v.picklist(["uploaded", "announced"]),
  /** When the service has recorded it, ISO 8601. */
  recordedOn: v.string(),
  /** Of the bytes that it is about, as hex; absent until they are verified. */
  sha256: text,
});
export type Statement = v.InferOutput<typeof statementSchema>;
