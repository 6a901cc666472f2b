import * as v from "valibot";
import type { CommentTarget, PlacedComment } from "../../comment/forge.js";
import { describeCut, mostPages, perPage } from "../comment-limit.js";
import type { ForgeApi } from "../forge-api.js";
import { readOwner } from "../read-owner.js";
import { unlessGone } from "../unless-gone.js";
import { type Repository, toRepositoryPath } from "./github-api.js";

const comment = v.object({
  id: v.number(),
  // GitHub leaves out a body that is empty.
  body: v.optional(v.nullable(v.string())),
  html_url: v.optional(v.string(), ""),
  user: v.optional(v.nullable(v.object({ login: v.string(), type: v.string() }))),
});
type Comment = v.InferOutput<typeof comment>;

const pull = v.object({ head: v.object({ sha: v.string() }) });

/** The comments of one pull request on GitHub. */
export function createGitHubTarget(
  api: ForgeApi,
  repository: Repository,
  number: number,
): CommentTarget {
  const root = toRepositoryPath(repository);
  const toPath = (id: string) => `${root}/issues/comments/${encodeURIComponent(id)}`;
  return {
    mostCharacters: 65_536,
    async readHead() {
      const { head } = await api.get(pull, `${root}/pulls/${number}`);
      return head.sha;
    },
    findComments: (mark) => findComments(api, `${root}/issues/${number}/comments`, mark),
    async createComment(body) {
      return place(await api.post(comment, `${root}/issues/${number}/comments`, { body }));
    },
    updateComment: (id, body) =>
      unlessGone(async () => place(await api.patch(comment, toPath(id), { body }))),
    async deleteComment(id) {
      await unlessGone(() => api.delete(toPath(id)));
    },
  };
}

async function findComments(api: ForgeApi, path: string, mark: string): Promise<PlacedComment[]> {
  const found: PlacedComment[] = [];
  let owner: ReturnType<typeof readOwner> | undefined;
  let isCut = false;
  const onCut = () => {
    isCut = true;
  };
  for await (const one of api.list(comment, path, { per_page: perPage }, mostPages, onCut)) {
    if (!one.body?.startsWith(mark)) continue;
    // Anybody can write the first line; only a comment of this token or of an app is replaced.
    if (one.user?.type !== "Bot") {
      owner ??= readOwner(api);
      const login = one.user?.login;
      if (login === undefined || login !== (await owner)?.login) continue;
    }
    found.push(place(one));
  }
  if (isCut && found.length === 0) throw describeCut();
  // An older comment has a smaller id; GitHub lists them in this order, but does not promise it.
  return found.sort((one, other) => Number(one.id) - Number(other.id));
}

function place({ id, body, html_url: url }: Comment): PlacedComment {
  return { id: String(id), body: body ?? "", url };
}
