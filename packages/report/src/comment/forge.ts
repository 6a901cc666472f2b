/** A comment on a pull request. */
export interface PlacedComment {
  /** The forge's, as text. A comment with a smaller number is older. */
  id: string;
  body: string;
  /** The page that shows it. */
  url: string;
}

/**
 * One pull request (on GitLab: merge request) of one forge, on which comments are written. Methods throw
 * {@link ForgeError}.
 */
export interface CommentTarget {
  /** The longest comment that the forge takes, in UTF-16 characters. */
  readonly mostCharacters: number;
  /** The newest commit of the pull request, in full; `null` when it is not known. */
  readHead(): Promise<string | null>;
  /**
   * The comments whose first line is `mark`, the oldest first, without those that somebody else than
   * this token or a bot has written: anybody can write the first line.
   */
  findComments(mark: string): Promise<PlacedComment[]>;
  createComment(body: string): Promise<PlacedComment>;
  /** `null` when it was deleted meanwhile. */
  updateComment(id: string, body: string): Promise<PlacedComment | null>;
  /** Does nothing when it was deleted meanwhile. */
  deleteComment(id: string): Promise<void>;
}

/**
 * Why a forge did not do what was asked.
 *
 * - `refused`: the token may not, or there is no such pull request
 * - `locked`: the conversation is locked
 * - `rate-limited`: too many requests
 * - `too-many-comments`: an earlier comment may be among those that were not read
 * - `failed`: anything else
 */
export type ForgeFailure = "refused" | "locked" | "rate-limited" | "too-many-comments" | "failed";

export interface ForgeErrorOptions extends ErrorOptions {
  /** The HTTP status of the answer, where there was one. */
  status?: number | undefined;
}

/** A forge did not do what was asked. The message is the forge's reason, without token and URL query. */
export class ForgeError extends Error {
  override readonly name = "ForgeError";
  readonly failure: ForgeFailure;
  readonly status: number | undefined;

  constructor(failure: ForgeFailure, message: string, options: ForgeErrorOptions = {}) {
    super(message, options);
    this.failure = failure;
    this.status = options.status;
  }
}
