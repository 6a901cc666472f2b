import { toPrintable } from "@clipcourier/batch";
import type { Fault, Judged } from "./judge.js";
import type { Statement } from "./statement.js";

/** `Recorded in octo/app at abc1234…, run 991 (attempt 1), by ann, on push`, in lines for people. */
export function describeStatement({ run, how, recordedOn, sha256 }: Statement): string {
  const { repository, subject, sha, runId, runAttempt, actor, event, ref, workflow, runUrl } = run;
  const did = how === "uploaded" ? "Recorded" : "Announced, when it was stored already,";
  const attempt = runAttempt === undefined ? "" : ` (attempt ${runAttempt})`;
  const facts = [
    `${did} in ${repository ?? subject ?? "a job"}${sha === undefined ? "" : ` at ${sha}`}`,
    ...(runId === undefined ? [] : [`run ${runId}${attempt}`]),
    ...(actor === undefined ? [] : [`by ${actor}`]),
    ...(event === undefined ? [] : [`on ${event}`]),
  ];
  const lines: [string, string | undefined][] = [
    ["ref", ref],
    ["workflow", workflow],
    ["run", runUrl],
    ["issuer", run.issuer],
    ["recorded on", recordedOn],
    ["checked by", sha256 === undefined ? "MD5 alone, of which two files can be made" : "SHA-256"],
  ];
  const details = lines.filter(([, value]) => value !== undefined);
  return [`${facts.join(", ")}.`, ...details.map(([name, value]) => `  ${name.padEnd(12)}${value}`)]
    .map(toPrintable)
    .join("\n");
}

/** Why a statement does not verify the file, as a whole sentence. */
export function describeFault({ fault, statement }: Extract<Judged, { fault: Fault }>): string {
  const run = statement?.run;
  switch (fault) {
    case "altered":
      return "The statement was altered: its signature does not fit what it says.";
    case "unknown-key":
      return "The statement was signed by a key that is not among the keys: it is another service's, or the keys are older than it. Fetch them again from /.well-known/clipcourier/jwks.json.";
    case "no-statement":
      return "This is no statement that a service has signed.";
    case "other-clip":
      return `The statement is about another clip, ${statement?.clip}.`;
    case "other-repository":
      return `It was recorded in ${run?.repository ?? "no repository that is known"}, which is another one than expected.`;
    case "other-commit":
      return `It was recorded at ${run?.sha ?? "no commit that is known"}, which is another one than expected.`;
    case "wrong-file":
      return "The file is another one than the statement is about: its checksum or its size differs.";
  }
}
