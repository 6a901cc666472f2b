import * as v from "valibot";
import { type CommentTarget, ForgeError, type PlacedComment } from "../../comment/forge.js";
import { describeCut, mostPages, perPage } from "../comment-limit.js";
import type { ForgeApi } from "../forge-api.js";
import { unlessGone } from "../unless-gone.js";

const note = v.object({
  id: v.number(),
  body: v.string(),
  system: v.boolean(),
  author: v.object({ id: v.number() }),
});
type Note = v.InferOutput<typeof note>;

const mergeRequest = v.object({
  /** `null` while GitLab prepares a new merge request. */
  sha: v.nullable(v.string()),
  web_url: v.string(),
  discussion_locked: v.optional(v.nullable(v.boolean())),
});
const user = v.object({ id: v.number() });

/**
 * The notes of one merge request on GitLab.
 *
 * @param project its id, or its path such as `group/project`
 * @param iid the number that people see
 */
export function createGitLabTarget(api: ForgeApi, project: string, iid: number): CommentTarget {
  const root = `/projects/${encodeURIComponent(project)}/merge_requests/${iid}`;
  const toPath = (id: string) => `${root}/notes/${encodeURIComponent(id)}`;
  const read = () => api.get(mergeRequest, root);
  let page: string | undefined;
  // Read before a note is written: a failure afterwards would hide that it is there.
  const readPage = async (): Promise<string> => {
    page ??= (await read()).web_url;
    return page;
  };
  return {
    mostCharacters: 1_000_000,
    async readHead() {
      const { sha, web_url } = await read();
      page = web_url;
      return sha;
    },
    async findComments(mark) {
      const notes = await findNotes(api, `${root}/notes`, mark);
      if (notes.length === 0) return [];
      const address = await readPage();
      return notes.map((one) => place(one, address));
    },
    async createComment(body) {
      const address = await readPage();
      try {
        return place(await api.post(note, `${root}/notes`, { body }), address);
      } catch (error) {
        throw await explainRefusal(error, read);
      }
    },
    async updateComment(id, body) {
      const address = await readPage();
      return unlessGone(async () => place(await api.put(note, toPath(id), { body }), address));
    },
    async deleteComment(id) {
      await unlessGone(() => api.delete(toPath(id)));
    },
  };
}

async function findNotes(api: ForgeApi, path: string, mark: string): Promise<Note[]> {
  const { id: owner } = await api.get(user, "/user");
  const query = { per_page: perPage, sort: "asc", order_by: "created_at" };
  const found: Note[] = [];
  let isCut = false;
  const onCut = () => {
    isCut = true;
  };
  for await (const one of api.list(note, path, query, mostPages, onCut)) {
    // Anybody can write the first line. Bots cannot be told from people here.
    if (one.body.startsWith(mark) && !one.system && one.author.id === owner) found.push(one);
  }
  if (isCut && found.length === 0) throw describeCut();
  return found.sort((one, other) => one.id - other.id);
}

function place({ id, body }: Note, page: string): PlacedComment {
  return { id: String(id), body, url: `${page}#note_${id}` };
}

/** GitLab answers in the same way whether the token or the conversation is the reason. */
async function explainRefusal(
  error: unknown,
  read: () => Promise<v.InferOutput<typeof mergeRequest>>,
): Promise<unknown> {
  if (!(error instanceof ForgeError) || error.status !== 403) return error;
  const { discussion_locked: isLocked } = await read();
  return isLocked ? new ForgeError("locked", error.message, error) : error;
}
