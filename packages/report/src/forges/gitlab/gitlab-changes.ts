import * as v from "valibot";
import { ForgeError } from "../../comment/forge.js";
import type { ChangedPull } from "../../required/pull-changes.js";
import type { ForgeApi } from "../forge-api.js";
import { unlessGone } from "../unless-gone.js";

const perPage = 100;
const mostPages = 30;

const mergeRequest = v.object({
  /** `null` while GitLab prepares a new merge request. */
  sha: v.nullable(v.string()),
  /** `group/project!7` */
  references: v.object({ full: v.string() }),
  /** A number; `1000+` where GitLab lists no more. */
  changes_count: v.optional(v.nullable(v.string())),
  /** `null` when the fork was deleted. */
  source_project_id: v.optional(v.nullable(v.number())),
  target_project_id: v.optional(v.number()),
});
const file = v.object({ old_path: v.string(), new_path: v.string() });
const commit = v.object({ parent_ids: v.array(v.string()) });

/**
 * What one merge request on GitLab (15.7 or later) changes.
 *
 * @param project its id, or its path such as `group/project`
 * @param iid the number that people see
 */
export function createGitLabChanges(api: ForgeApi, project: string, iid: number): ChangedPull {
  const root = `/projects/${encodeURIComponent(project)}`;
  return {
    number: iid,
    mergeRef: `refs/merge-requests/${iid}/merge`,
    async readChanges() {
      const path = `${root}/merge_requests/${iid}`;
      const found = await api.get(mergeRequest, path);
      const { sha, references, changes_count: count } = found;
      if (sha === null) {
        throw new ForgeError("failed", "GitLab still prepares the merge request; ask again later");
      }
      const paths: string[] = [];
      let listed = 0;
      let isCut = false;
      const onCut = () => {
        isCut = true;
      };
      const query = { per_page: perPage };
      for await (const one of api.list(file, `${path}/diffs`, query, mostPages, onCut)) {
        listed += 1;
        // Of a file that is new, or deleted, both are the same.
        paths.push(...new Set([one.new_path, one.old_path]));
      }
      // `1000+` is no number, and no fewer than that.
      isCut ||= count?.endsWith("+") === true || listed < Number(count ?? 0);
      const isFork = found.source_project_id !== found.target_project_id;
      return { repository: references.full.replace(/!\d+$/, ""), head: sha, paths, isCut, isFork };
    },
    async isMergeOf({ merge, head }) {
      const path = `${root}/repository/commits/${encodeURIComponent(merge)}`;
      const found = await unlessGone(() => api.get(commit, path));
      // The first parent is the base.
      return found?.parent_ids.slice(1).includes(head) === true;
    },
  };
}
