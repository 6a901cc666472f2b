import { type ForgeApi, ForgeError } from "@clipcourier/report";
import * as v from "valibot";
import type { Repository } from "./forge.js";

const perPage = 100;
// GitHub lists no more than 3,000 files.
const mostPages = 30;

const pullSchema = v.object({
  head: v.object({ sha: v.string() }),
  changed_files: v.optional(v.number()),
});
const fileSchema = v.object({
  filename: v.string(),
  previous_filename: v.optional(v.nullable(v.string())),
});
const commitSchema = v.object({ parents: v.array(v.object({ sha: v.string() })) });

/** What a pull request changes. */
export interface PullChanges {
  /** Its newest commit, in full. */
  head: string;
  /** The paths of the files, of a renamed one both. */
  paths: string[];
  /** Whether there are more files than the forge lists. */
  isCut: boolean;
}

/** Reads the newest commit of a pull request, and which files it changes. Throws `ForgeError`. */
export async function readPullChanges(
  api: ForgeApi,
  repository: Repository,
  number: number,
): Promise<PullChanges> {
  const root = `${toPath(repository)}/pulls/${number}`;
  const { head, changed_files: count = 0 } = await api.get(pullSchema, root);
  const paths: string[] = [];
  let listed = 0;
  let isCut = false;
  const onCut = () => {
    isCut = true;
  };
  // Gitea has its own name for the size of a page.
  const query = { per_page: perPage, limit: perPage };
  for await (const file of api.list(fileSchema, `${root}/files`, query, mostPages, onCut)) {
    listed += 1;
    paths.push(file.filename);
    if (file.previous_filename) paths.push(file.previous_filename);
  }
  return { head: head.sha, paths, isCut: isCut || listed < count };
}

/**
 * Whether a commit is the test merge of another into its base: what a run for a pull request builds. A
 * commit that the forge has not any more is none.
 */
export async function isMergeOf(
  api: ForgeApi,
  repository: Repository,
  { merge, head }: { merge: string; head: string },
): Promise<boolean> {
  try {
    const path = `${toPath(repository)}/git/commits/${merge}`;
    const { parents } = await api.get(commitSchema, path);
    // The first parent is the base.
    return parents.slice(1).some(({ sha }) => sha === head);
  } catch (error) {
    if (error instanceof ForgeError && (error.status === 404 || error.status === 422)) return false;
    throw error;
  }
}

function toPath({ path }: Repository): string {
  return `/repos/${path.split("/").map(encodeURIComponent).join("/")}`;
}
