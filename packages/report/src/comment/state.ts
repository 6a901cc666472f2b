import * as v from "valibot";
import { commentRun } from "./order.js";

const keptClip = v.object({
  name: v.string(),
  /** Absent in comments of earlier versions. */
  id: v.optional(v.string()),
  url: v.string(),
  /** The preview GIF, else the thumbnail. */
  picture: v.nullable(v.string()),
  /** Lower-case hex, of the whole content; empty where it is not known. */
  md5: v.string(),
});
export type KeptClip = v.InferOutput<typeof keptClip>;

/** Whether a clip has the content of one that was kept: that of an account is one clip. */
export function isSameContent(
  kept: Pick<KeptClip, "id" | "md5">,
  { id, md5 }: { id: string | null; md5: string | null },
): boolean {
  return kept.md5 === md5 || (kept.id !== undefined && kept.id === id);
}

// What was added later is optional, so that comments of earlier versions are still read.
const commentState = v.object({
  /** The commit that the comment is about. */
  sha: v.optional(v.string()),
  run: v.optional(commentRun),
  clips: v.array(keptClip),
  /** The commit of the clips, where the comment's own commit had nothing to show. */
  clipsSha: v.optional(v.string()),
  /** What these clips were compared with. */
  before: v.array(keptClip),
  /** Whether there was no room for all that later clips are compared with. */
  isIncomplete: v.optional(v.boolean()),
});

/** What a comment remembers of its clips, so that the next run can compare with them. */
export type CommentState = v.InferOutput<typeof commentState>;

export const emptyState: CommentState = { clips: [], before: [] };

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
    return parsed.success ? parsed.output : emptyState;
  } catch {
    return emptyState;
  }
}
