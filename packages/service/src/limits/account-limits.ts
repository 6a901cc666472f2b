import { isMediaType } from "./media-types.js";

/** What one account may upload, how long its clips are kept, and who sees them. */
export interface AccountLimits {
  /**
   * The largest file, in bytes. A larger one is refused with 400 before anything is sent. Of this and
   * the `maxSize` of the service the smaller one counts.
   *
   * @default the `maxSize` of the service
   */
  maxSize?: number;
  /**
   * The media types that are taken, as they are announced, such as `video/mp4`; others get 415.
   *
   * @default every video type
   */
  mediaTypes?: readonly string[];
  /**
   * Bytes of the uploads that are begun on one day, in UTC; more get 429, and a file that is larger by
   * itself 413.
   *
   * @default no limit
   */
  bytesPerDay?: number;
  /**
   * Uploads that are begun on one day, in UTC; more get 429.
   *
   * @default no limit
   */
  clipsPerDay?: number;
  /**
   * Days after which a clip is deleted, counted from when it was finalized, or from when its content was
   * last announced again and found stored.
   *
   * @default clips are kept
   */
  retentionDays?: number;
  /**
   * Days after which a clip is deleted that was uploaded for a pull request, counted from when the service
   * was told that it is closed. `"none"` refuses such uploads with 400.
   *
   * @default 1
   */
  pullRequestDays?: number | "none";
  /**
   * Whether its clips are private: their pages, videos and pictures open with a signed link alone, which
   * the account asks for and which expires. It holds for the clips that are there, too, and it is recorded
   * in the store for processes that are told nothing of the account.
   *
   * @default what is recorded in the store, which is `false` at first
   */
  private?: boolean;
  /**
   * What stands for a private clip where others would show its thumbnail or preview, such as in a
   * comment: a neutral picture, or, with `shown`, the picture itself, which is public then.
   *
   * @default "placeholder"
   */
  privatePictures?: PrivatePictures;
}

/** The choices of `privatePictures`. */
export const privatePictures = ["placeholder", "shown"] as const;
type PrivatePictures = (typeof privatePictures)[number];

export interface AccountLimitsOptions {
  /**
   * What each account may do.
   *
   * @default {}
   */
  accountLimits?: AccountLimits;
  /**
   * What single accounts may do, by their names such as `acc_team`. What is not said there is as in
   * `accountLimits`.
   *
   * @default {}
   */
  limitsByAccount?: Readonly<Record<string, AccountLimits>>;
}

/** The limits of an account. */
export type FindAccountLimits = (account: string) => AccountLimits;

const numbers = [
  "maxSize",
  "bytesPerDay",
  "clipsPerDay",
  "retentionDays",
  "pullRequestDays",
] as const;
/** How many days there are to open a pull request again. */
export const standardPullRequestDays = 1;
// The calendar of JavaScript ends long after that.
export const longestRetention = 36_500;
/** Bytes: 5 TiB, as on S3. */
export const largestFile = 5 * 1024 ** 4;

/** Checks the limits. Throws an Error whose message begins with the option's name. */
export function resolveAccountLimits({
  accountLimits = {},
  limitsByAccount = {},
}: AccountLimitsOptions): FindAccountLimits {
  checkLimits("accountLimits", accountLimits);
  for (const [account, limits] of Object.entries(limitsByAccount)) {
    checkLimits(`limitsByAccount.${account}`, limits);
  }
  const ofAll = withoutUndefined(accountLimits);
  return (account) => ({
    ...ofAll,
    ...(Object.hasOwn(limitsByAccount, account) && withoutUndefined(limitsByAccount[account])),
  });
}

/** What is not said must not take the place of what is. */
function withoutUndefined(limits: AccountLimits = {}): AccountLimits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

function checkLimits(place: string, limits: AccountLimits): void {
  for (const name of numbers) {
    const value = limits[name];
    if (value === undefined || (name === "pullRequestDays" && value === "none")) continue;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
      throw new Error(`${place}.${name}: not a whole number above 0`);
    }
  }
  if ((limits.maxSize ?? 0) > largestFile) throw new Error(`${place}.maxSize: over 5 TiB`);
  for (const name of ["retentionDays", "pullRequestDays"] as const) {
    const value = limits[name];
    if (typeof value !== "number" || value <= longestRetention) continue;
    throw new Error(`${place}.${name}: over ${longestRetention} days`);
  }
  if (limits.private !== undefined && typeof limits.private !== "boolean") {
    throw new Error(`${place}.private: not true or false`);
  }
  if (limits.privatePictures && !privatePictures.includes(limits.privatePictures)) {
    throw new Error(`${place}.privatePictures: not one of ${privatePictures.join(", ")}`);
  }
  const wrong = limits.mediaTypes?.find((type) => !isMediaType(type));
  if (wrong !== undefined) {
    throw new Error(
      `${place}.mediaTypes: "${wrong}" is not the type of a video or a picture in lower case, such as video/mp4 or image/png`,
    );
  }
  if (limits.mediaTypes?.length === 0) throw new Error(`${place}.mediaTypes: none is left`);
}
