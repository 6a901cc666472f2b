import type { DiffTask, Report } from "../child-messages.js";
import { nameFile } from "../diff/name-file.js";
import { cannotTell } from "../diff/verdict.js";
import type { Engine } from "../engine/engine.js";
import { type OpenedPhoto, openPhoto, PhotoError, readPhotoStart } from "../photo/open-photo.js";
import type { MediaSource } from "../types.js";
import { comparePhotos } from "./compare-photos.js";
import { drawPhotoDifference } from "./photo-diff-picture.js";
import { decidePhotos } from "./photo-verdict.js";

/** The media types of two photos. */
interface PhotoTypes {
  old: string;
  new: string;
}

/** Compares two photos in this process, which is a child process, as for `inspectPhoto`. */
export async function diffPhotos(
  engine: Engine,
  task: DiffTask,
  types: PhotoTypes,
  report: Report,
): Promise<void> {
  const unknown = { old: null, new: null };
  const old = await open(engine, "old", task.old, types.old);
  if ("reason" in old) {
    return report({ kind: "diff", diff: cannotTell(old.reason, unknown) });
  }
  await using oldPhoto = old;
  const now = await open(engine, "new", task.new, types.new);
  if ("reason" in now) {
    return report({ kind: "diff", diff: cannotTell(now.reason, unknown) });
  }
  await using newPhoto = now;
  const findings = await comparePhotos(oldPhoto, newPhoto, task.options);
  checkIntact(oldPhoto, "old");
  checkIntact(newPhoto, "new");
  if ("reason" in findings) {
    return report({ kind: "diff", diff: cannotTell(findings.reason, unknown) });
  }
  const moving = [oldPhoto.isAnimated ? "old" : "", newPhoto.isAnimated ? "new" : ""];
  const diff = decidePhotos(
    findings,
    moving.filter((which) => which !== ""),
  );
  await report({ kind: "diff", diff });
  if (!task.hasPicture || diff.ranges.length === 0) return;
  const picture = await drawPhotoDifference(engine, oldPhoto, newPhoto, findings);
  if (picture) await report({ kind: "diff-picture", picture });
}

/** What is damaged or too large is a photo nevertheless, of which nothing can be told. */
async function open(
  engine: Engine,
  which: "old" | "new",
  place: MediaSource,
  type: string,
): Promise<OpenedPhoto | { reason: string }> {
  try {
    const photo = await openPhoto(engine, await readPhotoStart(place, type));
    return photo ?? { reason: `the ${which} picture cannot be decoded` };
  } catch (error) {
    if (!(error instanceof PhotoError)) throw nameFile(error, which);
    return { reason: `the ${which} picture ${error.problem}` };
  }
}

function checkIntact(photo: OpenedPhoto, which: "old" | "new"): void {
  try {
    photo.checkIntact();
  } catch (error) {
    throw nameFile(error, which);
  }
}
