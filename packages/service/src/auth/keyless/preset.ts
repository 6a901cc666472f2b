import type { VerifiedRun } from "../../catalog/verified-run.js";
import type { Claims } from "./claims.js";

/** What a value has to look like, and the message for one that does not. */
interface Format {
  pattern: RegExp;
  message: string;
}

/** The run that a token was issued to. */
export interface CiRun {
  /** The server and the repository in lower case, such as `github.com/octo/intro`. */
  repository: string;
  /** The number of the pull request whose run it is; absent where the token does not say it. */
  pullRequest?: number | undefined;
}

/** How the runs that a fork can cause are told from the others. */
export interface ForkGuard {
  /** What is wrong with the claims of a rule that has no `forks: true`, if anything is. */
  findProblem?(claims: Readonly<Record<string, string>>): { claim: string; message: string } | null;
  /** Whether a fork can have caused the run, where its token tells. */
  canBeFork?(claims: Claims): boolean;
  /** Why such a run is refused, for the log. */
  reason?: string;
}

/** The claim for each field of a statement. */
type StatementClaims = Partial<
  Record<
    "repository" | "sha" | "ref" | "workflow" | "runId" | "runAttempt" | "event" | "actor",
    string
  >
> & {
  /** The server of an issuer's runs, such as `github.com`. */
  server?: (issuer: string) => string;
};

/** What is known about the tokens of an issuer. */
export interface Preset {
  /** For messages: `GitHub`. */
  title: string;
  /** The address of the issuer, where all its customers share one. */
  issuer?: string;
  /**
   * The hosts that nobody else issues tokens at. Their tokens can be had by everybody, so an address
   * there is refused with another preset, or without one.
   */
  hosts?: RegExp;
  /** What its address looks like, where each organisation or server has one of its own. */
  issuerFormat?: Format;
  /** Where its keys are, below its address. Default: where its discovery document says. */
  keyPath?: string;
  /** Seconds after which a token is too old, even if it says that it is still valid. */
  maxTokenAge: number;
  /** The claims that a rule can name; `*` stands for any characters. Default: any claim. */
  claims?: readonly string[];
  /** What the patterns of some claims have to look like. */
  formats: Readonly<Record<string, Format>>;
  /**
   * The claims that say whose the run is. A rule needs one of them: everybody can have a token of
   * the issuer. Where it is empty, a rule needs any claim at all.
   */
  owners: readonly string[];
  /** The claims whose upper and lower case are the same to the issuer. */
  caseless: readonly string[];
  /** The claims that the log shows, besides those that the rules name. */
  logged: readonly string[];
  /** Which repository a run is of, where the claims say it. */
  readRun?(issuer: string, claims: Claims): CiRun | undefined;
  /** Which claims say what of a run, for the statements of clips, beside `sub`. */
  statementClaims: StatementClaims;
  /** The address of a run's page, where the server's pages have known addresses. */
  findRunUrl?(server: string, run: Partial<VerifiedRun>): string | null;
  /** Without it `forks` is refused in a rule. */
  forks?: ForkGuard;
}

const digits = { pattern: /^\d+$/, message: 'must be a number as text, such as "123456"' };
const noPattern = { pattern: /^[^*]+$/, message: "must be given in full, without *" };
const fullRef = { pattern: /^refs\/./, message: 'must be in full, such as "refs/heads/main"' };
const flag = { pattern: /^(true|false)$/, message: 'must be "true" or "false"' };

/** Formats that the claims of several issuers share. */
export const formats = { digits, noPattern, fullRef, flag };

/** Whether a claim is a path that can stand in an address as it is. */
export function isPath(text: string | undefined): text is string {
  return (
    text !== undefined && /^[\w.-]+(\/[\w.-]+)+$/.test(text) && !/(^|\/)\.\.?(\/|$)/.test(text)
  );
}

/** Whether a claim is a number, as CI systems number their runs. */
export function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,20}$/.test(text);
}
