import { linkTimeForm, parseLinkTime, UsageError } from "@clipcourier/batch";
import { commentKeyForm, commentKeyPattern } from "@clipcourier/report";
import * as v from "valibot";

/** What the reporters of all test runners take. */
export interface RecordingOptions {
  /** The service, with the version of its protocol. @default the variable CLIPCOURIER_API_URL */
  apiUrl?: string;
  /** @default CLIPCOURIER_APP_ID; without one, the job signs in with its ID token */
  appId?: string;
  /** Take it from the environment: a config file is read by many. @default CLIPCOURIER_APP_SECRET */
  appSecret?: string;
  /** @default CLIPCOURIER_ACCESS_KEY */
  accessKey?: string;
  /** @default CLIPCOURIER_ACCESS_TOKEN */
  accessToken?: string;
  /**
   * Whether screenshots are uploaded, too, as photos. The service has to take pictures.
   *
   * @default false
   */
  screenshots?: boolean;
  /**
   * For how long links open the clips of a private account, from the upload on: `12h`, `7d`. Whoever sees a
   * report can open them until then.
   *
   * @default none: nobody can open those clips by their links
   */
  privateLinks?: string;
  /** How many files are uploaded at once. @default 2 */
  concurrency?: number;
  /**
   * Milliseconds for which the end of the run waits for uploads. What is not uploaded by then is left out,
   * and told.
   *
   * @default 300_000
   */
  waitAtEnd?: number;
  /** Whether a run fails where a file could not be uploaded. @default false */
  failOnError?: boolean;
  /**
   * Where the results are written as JSON, for `clipcourier comment` and the action's `gather`, from the
   * folder of the config file.
   *
   * @default none
   */
  outputFile?: string;
  /**
   * Whether the clips are written into the one comment on the pull request of a run of GitHub Actions, with
   * the token in GITHUB_TOKEN; a text is the key of that comment.
   *
   * @default false
   */
  comment?: boolean | string;
}

type Defaults = "screenshots" | "concurrency" | "waitAtEnd" | "failOnError";

/** Options that were checked, with their defaults. */
export type ReadOptions<Upload extends string = string> = RecordingOptions &
  Required<Pick<RecordingOptions, Defaults>> & { upload: Upload };

const text = v.optional(v.string());
const count = (most: number) =>
  v.pipe(
    v.number(),
    v.integer("a whole number"),
    v.minValue(1, "1 or more"),
    v.maxValue(most, `at most ${most}`),
  );

const keyForm = `true, false, or the key of a comment: ${commentKeyForm}`;

const shared = {
  ...{ apiUrl: text, appId: text, appSecret: text, accessKey: text, accessToken: text },
  screenshots: v.optional(v.boolean(), false),
  privateLinks: v.optional(
    v.pipe(
      v.string(),
      v.check((time) => parseLinkTime(time) !== undefined, linkTimeForm),
    ),
  ),
  concurrency: v.optional(count(16), 2),
  waitAtEnd: v.optional(count(2 ** 31 - 1), 300_000),
  failOnError: v.optional(v.boolean(), false),
  outputFile: text,
  comment: v.optional(
    v.union([v.boolean(), v.pipe(v.string(), v.regex(commentKeyPattern, keyForm))], keyForm),
    false,
  ),
};

/**
 * Checks the options of a reporter.
 *
 * @param uploads what its option `upload` may be; the first is the default
 * @param ofRunner the names of what the test runner adds to the options
 * @throws UsageError that names the option. Its value is not in the message: it may be a secret.
 */
export function readRecordingOptions<Upload extends string>(
  given: object,
  uploads: readonly [Upload, ...Upload[]],
  ofRunner: RegExp = /^$/,
): ReadOptions<Upload> {
  const form = `${uploads.slice(0, -1).join(", ")} or ${uploads.at(-1)}`;
  const upload = v.optional(v.picklist(uploads, form), uploads[0]);
  const schema = v.object({ ...shared, upload });
  const known = Object.keys(schema.entries);
  const unknown = Object.keys(given).find((key) => !known.includes(key) && !ofRunner.test(key));
  if (unknown !== undefined) {
    throw new UsageError(`There is no option ${unknown}. There are ${known.join(", ")}.`);
  }
  const parsed = v.safeParse(schema, given);
  if (parsed.success) return parsed.output as ReadOptions<Upload>;
  const [issue] = parsed.issues;
  const isOwnText =
    issue.kind === "validation" || issue.type === "union" || issue.type === "picklist";
  const expected = isOwnText ? issue.message : issue.expected;
  throw new UsageError(`The option ${v.getDotPath(issue) ?? ""} must be ${expected}.`);
}
