import {
  type Answer,
  type RoutedRequest,
  readBody,
  type StandIn,
  startStandIn,
} from "./stand-in.js";

interface Note {
  id: number;
  body: string;
  system: boolean;
  author: { id: number; username: string };
}

interface State {
  notes: Note[];
  mergeRequest: {
    sha: string | null;
    discussion_locked: boolean;
    changes_count?: string;
    source_project_id?: number;
  };
  /** The files that the merge request changes. */
  changes: { old_path: string; new_path: string }[];
  /** The parents of each commit. */
  commits: Record<string, string[]>;
}

/**
 * The part of GitLab's API that comments and `require` need, for one merge request, `!7` of `group/intro`
 * (42).
 */
export interface GitLab extends StandIn, State {}

export const gitLabToken = "glpat-stand-in";
export const bot = { id: 900, username: "project_42_bot_a1" };
const ann = { id: 1, username: "ann" };

/** A note of somebody else. */
export function makeNote(id: number, body: string, more: Partial<Note> = {}): Note {
  return { id, body, system: false, author: ann, ...more };
}

export async function startGitLab(): Promise<GitLab> {
  const state: State = {
    ...{ notes: [], changes: [], commits: {} },
    mergeRequest: { sha: "a".repeat(40), discussion_locked: false },
  };
  const standIn = await startStandIn("/api/v4", (request) => route(state, request));
  return Object.assign(standIn, state);
}

function route(state: State, request: RoutedRequest): Answer {
  if (request.headers["private-token"] !== gitLabToken) {
    return { status: 401, body: { message: "401 Unauthorized" } };
  }
  const [first, project = "", kind, iid, part, id] = request.path;
  if (first === "user") return { status: 200, body: bot };
  if (first !== "projects" || !["42", "group/intro"].includes(project)) return notFound;
  if (kind === "repository" && iid === "commits") return answerCommit(state, part ?? "");
  if (kind !== "merge_requests" || iid !== "7") return notFound;
  if (part === undefined) return answerMergeRequest(state);
  if (part === "diffs") return answerPage(state.changes, request);
  return id === undefined ? answerList(state, request) : answerNote(state, request, Number(id));
}

const notFound: Answer = { status: 404, body: { message: "404 Not found" } };
const forbidden: Answer = { status: 403, body: { message: "403 Forbidden" } };
const tooLong: Answer = {
  status: 400,
  body: { message: 'Note {:note=>["is too long (maximum is 1000000 characters)"]}' },
};

function answerMergeRequest({ mergeRequest, changes }: State): Answer {
  const web_url = "https://gitlab.example/group/intro/-/merge_requests/7";
  const references = { short: "!7", relative: "!7", full: "group/intro!7" };
  const changes_count = String(changes.length);
  const project = { source_project_id: 42, target_project_id: 42 };
  const body = { iid: 7, web_url, references, changes_count, ...project, ...mergeRequest };
  return { status: 200, body };
}

function answerCommit({ commits }: State, sha: string): Answer {
  const parents = commits[sha];
  return parents ? { status: 200, body: { id: sha, parent_ids: parents } } : notFound;
}

function answerList({ notes, mergeRequest }: State, request: RoutedRequest): Answer {
  if (request.method === "GET") return listNotes(notes, request);
  if (request.method !== "POST") return { status: 405, body: { error: "405 Not Allowed" } };
  if (mergeRequest.discussion_locked) return forbidden;
  const body = readBody(request);
  if (body.length > 1_000_000) return tooLong;
  const note = makeNote(1000 + notes.length, body, { author: bot });
  notes.push(note);
  return { status: 201, body: note };
}

function listNotes(notes: readonly Note[], request: RoutedRequest): Answer {
  // The newest first, unless it is asked for the oldest.
  const isAscending = request.query.get("sort") === "asc";
  return answerPage(isAscending ? notes : notes.toReversed(), request);
}

function answerPage(all: readonly object[], { query, url }: RoutedRequest): Answer {
  const page = Number(query.get("page") ?? 1);
  const size = Math.min(100, Number(query.get("per_page") ?? 20));
  const body = all.slice((page - 1) * size, page * size);
  const isLast = page * size >= all.length;
  const link = `<http://127.0.0.1${url.replace(/([?&])page=\d+/, `$1page=${page + 1}`)}>; rel="next"`;
  return { status: 200, body, headers: isLast ? { link: `<x>; rel="first"` } : { link } };
}

function answerNote({ notes }: State, request: RoutedRequest, id: number): Answer {
  const index = notes.findIndex((each) => each.id === id);
  const note = notes[index];
  if (note === undefined) return notFound;
  if (note.author.id !== bot.id) return forbidden;
  if (request.method === "DELETE") {
    notes.splice(index, 1);
    return { status: 204 };
  }
  if (request.method !== "PUT") return { status: 405, body: { error: "405 Not Allowed" } };
  note.body = readBody(request);
  return { status: 200, body: note };
}
