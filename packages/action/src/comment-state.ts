import * as z from "zod/mini";

const keptClip = z.object({
  name: z.string(),
  url: z.string(),
  /** The GIF, or else the poster. */
  picture: z.nullable(z.string()),
  /** Lower-case hex, of the whole content. */
  md5: z.string(),
});
export type KeptClip = z.infer<typeof keptClip>;

const commentState = z.object({
  /** The commit that the comment is about. */
  sha: z.optional(z.string()),
  clips: z.array(keptClip),
  /** What these clips were compared with. */
  before: z.array(keptClip),
});

/** What a comment remembers of its clips, so that the next run can compare. */
export interface CommentState extends Omit<z.infer<typeof commentState>, "sha"> {
  sha: string | undefined;
}

export const emptyState: CommentState = { sha: undefined, clips: [], before: [] };

const pattern = /<!-- clipcourier-state: (.*) -->\s*$/;

/** The state as an HTML comment; nothing in it can end that comment, or mean anything to GitHub. */
export function writeState(state: CommentState): string {
  const json = JSON.stringify(state).replace(
    /[<>&@#-]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
  return `<!-- clipcourier-state: ${json} -->`;
}

/** The state in a comment; an empty one where there is none, or somebody has edited it. */
export function readState(body: string): CommentState {
  try {
    const parsed = commentState.safeParse(JSON.parse(pattern.exec(body)?.[1] ?? ""));
    return parsed.success ? { sha: undefined, ...parsed.data } : emptyState;
  } catch {
    return emptyState;
  }
}
