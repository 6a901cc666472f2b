import * as v from "valibot";
import { ForgeError } from "../../comment/forge.js";
import type { ChangedPull } from "../../required/pull-changes.js";
import type { ForgeApi } from "../forge-api.js";
import { type Repository, toRepositoryPath } from "./github-api.js";

const perPage = 100;
// GitHub lists no more than 3,000 files.
const mostPages = 30;

/** `null` when it was deleted. */
const source = v.optional(v.nullable(v.object({ full_name: v.string() })));
const pull = v.object({
  head: v.object({ sha: v.string(), repo: source }),
  base: v.optional(v.object({ repo: source })),
  changed_files: v.optional(v.number()),
});
const file = v.object({
  filename: v.string(),
  previous_filename: v.optional(v.nullable(v.string())),
});
const commit = v.object({ parents: v.array(v.object({ sha: v.string() })) });

/** What one pull request on GitHub changes; on Gitea and Forgejo, too, whose API is the same here. */
export function createGitHubChanges(
  api: ForgeApi,
  repository: Repository,
  number: number,
): ChangedPull {
  const root = toRepositoryPath(repository);
  return {
    number,
    mergeRef: `refs/pull/${number}/merge`,
    async readChanges() {
      const found = await api.get(pull, `${root}/pulls/${number}`);
      const { head, base, changed_files: count = 0 } = found;
      const paths: string[] = [];
      let listed = 0;
      let isCut = false;
      const onCut = () => {
        isCut = true;
      };
      // Gitea has its own name for the size of a page.
      const query = { per_page: perPage, limit: perPage };
      const path = `${root}/pulls/${number}/files`;
      for await (const one of api.list(file, path, query, mostPages, onCut)) {
        listed += 1;
        paths.push(one.filename);
        if (one.previous_filename) paths.push(one.previous_filename);
      }
      const name = `${repository.owner}/${repository.repo}`;
      return {
        ...{ repository: name, head: head.sha, paths, isCut: isCut || listed < count },
        isFork: head.repo?.full_name !== base?.repo?.full_name,
      };
    },
    async isMergeOf({ merge, head }) {
      try {
        const path = `${root}/git/commits/${encodeURIComponent(merge)}`;
        const { parents } = await api.get(commit, path);
        // The first parent is the base.
        return parents.slice(1).some(({ sha }) => sha === head);
      } catch (error) {
        if (isUnknownCommit(error)) return false;
        throw error;
      }
    },
  };
}

function isUnknownCommit(error: unknown): boolean {
  return error instanceof ForgeError && (error.status === 404 || error.status === 422);
}
