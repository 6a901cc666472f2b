import type { UploadRecord } from "@clipcourier/batch";
import { nameRecord, pictureOf } from "../gallery.js";
import { findMost } from "../markdown.js";
import { chooseFirst } from "./choose-before.js";
import { type CommentState, type KeptClip, writeState } from "./state.js";

/** What a comment keeps of clips for later comparisons. */
type Memory = Pick<CommentState, "clips" | "before" | "isIncomplete">;

export interface RememberedClips {
  records: readonly UploadRecord[];
  fromBase?: boolean | undefined;
  /** The state of the comment that this one replaces. */
  earlier: CommentState;
  /** What the clips are compared with. */
  before: readonly KeptClip[];
  /** The longest comment that the forge takes, in UTF-16 characters. */
  mostCharacters: number;
}

// The rest is for people: without it a comment of many clips would show none.
const shareOfHidden = 0.75;

/**
 * What a comment keeps, by the clips that it shows. Where they are compared with the first ones of the pull
 * request, also the others are kept, as far as there is room, which their pictures would only fill: a clip that
 * is forgotten would be a new one, and its change would be none.
 */
export function createMemory({
  records,
  fromBase = false,
  earlier,
  before,
  mostCharacters,
}: RememberedClips): (shown: readonly KeptClip[]) => Memory {
  if (!fromBase) return (shown) => ({ clips: [...shown], before: split(before, shown).shown });
  const isNew = isOtherThan(before);
  const clips = chooseFirst(
    records.flatMap((record) => keepClip(record) ?? []),
    earlier.clips,
  );
  const hide = (shown: readonly KeptClip[], most: number) =>
    cut(split(before, shown).hidden, split(clips, shown).hidden.filter(isNew), most);
  const most = findMost(before.length + clips.length, (count) => {
    const { isCut: _, ...hidden } = hide([], count);
    return writeState(hidden).length <= shareOfHidden * mostCharacters;
  });
  return (shown) => {
    const hidden = hide(shown, most);
    const isIncomplete = earlier.isIncomplete === true || hidden.isCut;
    return {
      clips: [...shown, ...hidden.clips],
      before: [...split(before, shown).shown, ...hidden.before],
      ...(isIncomplete && { isIncomplete }),
    };
  };
}

/** The clip of a file that has one. */
export function keepClip(record: UploadRecord): KeptClip | undefined {
  const { id, url, md5 } = record;
  if (url === null || md5 === null) return undefined;
  const name = nameRecord(record);
  return { name, ...(id !== null && { id }), url, md5, picture: pictureOf(record) };
}

/** The first of these, `before` first, without pictures. */
function cut(before: readonly KeptClip[], clips: readonly KeptClip[], most: number) {
  const strip = (clip: KeptClip) => ({ ...clip, picture: null });
  return {
    before: before.slice(0, most).map(strip),
    clips: clips.slice(0, Math.max(0, most - before.length)).map(strip),
    isCut: before.length + clips.length > most,
  };
}

function split(clips: readonly KeptClip[], shown: readonly KeptClip[]) {
  const isHidden = isOtherThan(shown);
  return {
    shown: clips.filter((clip) => !isHidden(clip)),
    hidden: clips.filter(isHidden),
  };
}

/** Whether a clip has another name than all of these. */
function isOtherThan(clips: readonly KeptClip[]): (clip: KeptClip) => boolean {
  const names = new Set(clips.map(({ name }) => name));
  return ({ name }) => !names.has(name);
}
