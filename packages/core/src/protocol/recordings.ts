import { DirectUploadError } from "../errors.js";
import type { RecordedAt, Recording } from "./answers.js";
import type { CallOptions } from "./api.js";
import type { Authorization } from "./authorization.js";
import { wireRecordingsAnswer } from "./wire.js";
import { toRecording } from "./wire-clip.js";

/** A service that names another page each time must not be asked for ever. */
export const mostPages = 10_000;

/** What runs of a commit, or of a pull request, have recorded, page by page. */
export async function listRecordings(
  authorization: Authorization,
  { repository, at }: { repository: string; at: RecordedAt },
  options: CallOptions,
): Promise<Recording[]> {
  const found: Recording[] = [];
  let after: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await authorization.call({
      ...options,
      what: "asking for the clips of runs",
      method: "GET",
      path: "me/statements",
      query: {
        repository,
        ...("commit" in at ? { commit: at.commit } : { pull: String(at.pull) }),
        after,
      },
      answer: wireRecordingsAnswer,
    });
    found.push(...answer.data.map(toRecording));
    after = answer._next;
    if (after === undefined) return found;
  }
  throw new DirectUploadError(
    "bad_answer",
    `Asking for the clips of runs had no end after ${mostPages} answers. Tell whoever runs the service.`,
  );
}
