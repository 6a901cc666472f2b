import * as v from "valibot";
import { type CommentTarget, ForgeError, type PlacedComment } from "../../comment/forge.js";
import type { ForgeApi } from "../forge-api.js";
import { type Repository, toRepositoryPath } from "../github/github-api.js";
import { readOwner } from "../read-owner.js";
import { unlessGone } from "../unless-gone.js";

const comment = v.object({
  id: v.number(),
  body: v.string(),
  html_url: v.string(),
  user: v.nullable(v.object({ id: v.number() })),
});
type Comment = v.InferOutput<typeof comment>;

const pull = v.object({
  head: v.object({ sha: v.string() }),
  is_locked: v.optional(v.boolean(), false),
});

// The user whose name the jobs of its Actions comment in. Nobody else can have it.
const actionsUser = -2;

/** The comments of one pull request on Gitea or Forgejo. */
export function createGiteaTarget(
  api: ForgeApi,
  repository: Repository,
  number: number,
): CommentTarget {
  const root = toRepositoryPath(repository);
  const toPath = (id: string) => `${root}/issues/comments/${encodeURIComponent(id)}`;
  const read = () => api.get(pull, `${root}/pulls/${number}`);
  return {
    // There is no limit that is documented. This is GitHub's, for which proxies have room.
    mostCharacters: 65_536,
    async readHead() {
      const { head } = await read();
      return head.sha;
    },
    findComments: (mark) => findComments(api, `${root}/issues/${number}/comments`, mark),
    async createComment(body) {
      try {
        return place(await api.post(comment, `${root}/issues/${number}/comments`, { body }));
      } catch (error) {
        // The reason is in the language of the server.
        if (!(error instanceof ForgeError) || error.status !== 403) throw error;
        const { is_locked: isLocked } = await read();
        throw isLocked ? new ForgeError("locked", error.message, error) : error;
      }
    },
    updateComment: (id, body) =>
      unlessGone(async () => place(await api.patch(comment, toPath(id), { body }))),
    async deleteComment(id) {
      await unlessGone(() => api.delete(toPath(id)));
    },
  };
}

async function findComments(api: ForgeApi, path: string, mark: string): Promise<PlacedComment[]> {
  // This list has no pages: Gitea and Forgejo give all comments at once.
  const comments = await api.get(v.array(comment), path);
  const marked = comments.filter(({ body }) => body.startsWith(mark));
  if (marked.length === 0) return [];
  const owner = await readOwner(api);
  // Anybody can write the first line.
  const ours = marked.filter(
    ({ user }) => user && (user.id === actionsUser || user.id === owner?.id),
  );
  return ours.sort((one, other) => one.id - other.id).map(place);
}

function place({ id, body, html_url: url }: Comment): PlacedComment {
  return { id: String(id), body, url };
}
