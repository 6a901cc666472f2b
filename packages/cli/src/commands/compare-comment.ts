import { toPrintable, UsageError } from "@clipcourier/batch";
import type { DirectUploadClient, IgnoreBox } from "@clipcourier/core";
import { type CommentComparison, type ComparedClips, isSeenChange } from "@clipcourier/report";
import type { ServiceFlags } from "../settings/settings.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { printNote } from "../terminal/output.js";
import { connectToRead } from "./clips.js";
import type { Connection } from "./connect.js";

/** The flags that say whether and how the clips of a comment are compared. */
export interface CompareFlags extends ServiceFlags {
  compare?: boolean;
  ignore: IgnoreBox[];
  tolerance?: number;
  failOnChange?: boolean;
  /** Milliseconds. */
  privateLinks?: number;
}

/**
 * The service that compares; `undefined` where that is not asked for.
 *
 * @throws UsageError where it is the embedded one
 */
export async function connectToCompare(flags: CompareFlags): Promise<Connection | undefined> {
  if (!flags.compare) return undefined;
  const connection = await connectToRead(flags);
  if (connection.embeddedFolder === undefined) return connection;
  await connection[Symbol.asyncDispose]();
  throw new UsageError(
    "--compare needs a service that others can reach, such as CLIPCOURIER_API_URL: nobody else can open what the embedded one compares.",
  );
}

/** How clips are compared, without what the comment knows. */
export function toComparison(
  { tolerance, ignore, privateLinks: linksFor, failOnChange: fromBase = false }: CompareFlags,
  client: DirectUploadClient,
  signal: AbortSignal,
): Omit<CommentComparison, "base" | "limit" | "onCompared"> {
  const onLine = (text: string) => printNote(toPrintable(text));
  return { ...{ client, signal, fromBase, tolerance, ignore, linksFor }, onLine };
}

/** What is not known is not taken for no change where a change has to fail. */
export function judgeChanges(
  compared: ComparedClips | undefined,
  { failOnChange = false }: CompareFlags,
): ExitCode {
  if (!failOnChange || compared === undefined) return exitCode.done;
  const { changes, problems } = compared;
  if (changes.some(isSeenChange)) return exitCode.changed;
  const unknown = changes.filter(({ verdict }) => verdict === null || verdict === "cannot-tell");
  if (unknown.length + problems.length === 0) return exitCode.done;
  printNote("It is not known whether something has changed: see above.");
  return exitCode.failed;
}
