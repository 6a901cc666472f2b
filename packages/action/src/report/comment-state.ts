import * as v from "valibot";

const keptClip = v.object({
  name: v.string(),
  url: v.string(),
  /** The preview GIF, else the thumbnail. */
  picture: v.nullable(v.string()),
  /** Lower-case hex, of the whole content. */
  md5: v.string(),
});
export type KeptClip = v.InferOutput<typeof keptClip>;

const commentState = v.object({
  /** The commit that the comment is about. */
  sha: v.optional(v.string()),
  clips: v.array(keptClip),
  /** What these clips were compared with. */
  before: v.array(keptClip),
});

/** What a comment remembers of its clips, so that the next run can compare with them. */
export interface CommentState extends Omit<v.InferOutput<typeof commentState>, "sha"> {
  sha: string | undefined;
}

export const emptyState: CommentState = { sha: undefined, clips: [], before: [] };

const pattern = /<!-- clipcourier-state: (.*) -->\s*$/;

/** The state as an HTML comment, escaped so that it cannot end the comment or mention anybody. */
export function writeState(state: CommentState): string {
  const json = JSON.stringify(state).replace(
    /[<>&@#-]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
  return `<!-- clipcourier-state: ${json} -->`;
}

/** The state in a comment; an empty one when there is none or it is no longer valid. */
export function readState(body: string): CommentState {
  try {
    const parsed = v.safeParse(commentState, JSON.parse(pattern.exec(body)?.[1] ?? ""));
    return parsed.success ? { sha: undefined, ...parsed.output } : emptyState;
  } catch {
    return emptyState;
  }
}
