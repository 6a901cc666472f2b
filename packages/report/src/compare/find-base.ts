import { posix } from "node:path";
import type { UploadRecord } from "@clipcourier/batch";
import type { DirectUploadClient, Recording } from "@clipcourier/core";
import type { KeptClip } from "../comment/state.js";
import { nameRecord } from "../gallery.js";

/** The commit that a pull request is based on. */
export interface BaseCommit {
  /** With its server, such as `github.com/octo/app`. */
  repository: string;
  commit: string;
}

/** What is known of the run whose clips are compared. */
export interface FindBaseOptions {
  signal: AbortSignal;
  /** The path of its workflow, such as `.github/workflows/ui.yml`, where its CI has one. */
  pipeline?: string | undefined;
}

/**
 * The events of which runs record what the base itself shows, as GitHub and GitLab name them. The commit in
 * the token of the others is that of the base as well, while they may have built a pull request:
 * `pull_request_target`, `workflow_run`, and what somebody triggers from elsewhere, such as
 * `repository_dispatch` of a command in a comment, or the `pipeline`, `trigger` and `api` of GitLab.
 */
const ownEvents: ReadonlySet<string | undefined> = new Set([
  "push",
  "schedule",
  "workflow_dispatch",
  "merge_group",
  "release",
  "web",
]);

/**
 * The clips that runs of the base have recorded, by the names that clips of these records have in a comment.
 * The service knows them of runs that sign in with their ID tokens. A clip has the name of its file without
 * folders: where several records have that name, several clips of an attempt at the base's latest run, or clips
 * of several workflows of which none is this run's own, it is not known which of them belong together.
 *
 * @throws DirectUploadError `not_found` where the service knows no recordings
 */
export async function findBaseClips(
  client: Pick<DirectUploadClient, "listRecordings">,
  records: readonly UploadRecord[],
  { repository, commit }: BaseCommit,
  { signal, pipeline }: FindBaseOptions,
): Promise<KeptClip[]> {
  const recordings = await client.listRecordings(repository, { commit }, { signal });
  const ofBase = recordings
    .filter(({ run }) => ownEvents.has(run.event))
    .sort((one, other) => one.run.recordedOn.localeCompare(other.run.recordedOn));
  return records.flatMap((record) => {
    const name = posix.basename(record.file);
    if (records.filter(({ file }) => posix.basename(file) === name).length > 1) return [];
    const named = ofBase.filter(({ clip }) => clip.filename === name);
    const found = findOnlyOne(chooseWorkflow(named, pipeline));
    return found === undefined ? [] : toKept(record, found);
  });
}

/** The recordings of this run's own workflow, or else of the only one that there is; none where there are several. */
function chooseWorkflow(
  recordings: readonly Recording[],
  pipeline: string | undefined,
): readonly Recording[] {
  const own = recordings.filter(
    ({ run }) => pipeline !== undefined && readWorkflow(run)?.endsWith(`/${pipeline}`),
  );
  const chosen = own.length > 0 ? own : recordings;
  return new Set(chosen.map(({ run }) => readWorkflow(run))).size > 1 ? [] : chosen;
}

/** The file of the workflow without its ref: `octo/app/.github/workflows/ui.yml`. */
function readWorkflow({ workflow }: Recording["run"]): string | undefined {
  return workflow?.replace(/@.*$/, "");
}

/** The clip that the latest run has of these recordings, oldest first; `undefined` where it has several. */
function findOnlyOne(recordings: readonly Recording[]): Recording | undefined {
  const latest = recordings.at(-1);
  const ofRun = recordings.filter(({ run }) => run.runId === latest?.run.runId);
  // A later attempt may run some of the jobs alone: their clip is not the one of all.
  const attempts = Map.groupBy(ofRun, ({ run }) => run.runAttempt);
  const isClear = [...attempts.values()].every(
    (attempt) => new Set(attempt.map(({ clip }) => clip.id)).size === 1,
  );
  return isClear ? latest : undefined;
}

function toKept(record: UploadRecord, { clip }: Recording): KeptClip {
  return {
    ...{ name: nameRecord(record), id: clip.id, url: clip.url },
    picture: clip.placeholderUrl ?? clip.previewGif ?? clip.thumbnailUrl,
    // A clip does not say its checksum.
    md5: "",
  };
}
