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

/** The part of GitLab's API that comments need, for one merge request, `!7` of `group/intro` (42). */
export interface GitLab extends StandIn {
  notes: Note[];
  mergeRequest: { sha: string | null; discussion_locked: boolean };
}

export const gitLabToken = "glpat-stand-in";
export const bot = { id: 900, username: "project_42_bot_a1" };
const ann = { id: 1, username: "ann" };

/** A note of somebody else. */
export function makeNote(id: number, body: string, more: Partial<Note> = {}): Note {
  return { id, body, system: false, author: ann, ...more };
}

export async function startGitLab(): Promise<GitLab> {
  const state: Pick<GitLab, "notes" | "mergeRequest"> = {
    notes: [],
    mergeRequest: { sha: "a".repeat(40), discussion_locked: false },
  };
  const standIn = await startStandIn("/api/v4", (request) => route(state, request));
  return Object.assign(standIn, state);
}

function route(state: Pick<GitLab, "notes" | "mergeRequest">, request: RoutedRequest): Answer {
  if (request.headers["private-token"] !== gitLabToken) {
    return { status: 401, body: { message: "401 Unauthorized" } };
  }
  const [first, project = "", kind, iid, notes, id] = request.path;
  if (first === "user") return { status: 200, body: bot };
  const isKnown = ["42", "group/intro"].includes(project) && kind === "merge_requests";
  if (first !== "projects" || !isKnown || iid !== "7") return notFound;
  if (notes === undefined) {
    const web_url = "https://gitlab.example/group/intro/-/merge_requests/7";
    return { status: 200, body: { iid: 7, web_url, ...state.mergeRequest } };
  }
  return id === undefined ? answerList(state, request) : answerNote(state, request, Number(id));
}

const notFound: Answer = { status: 404, body: { message: "404 Not found" } };
const forbidden: Answer = { status: 403, body: { message: "403 Forbidden" } };
const tooLong: Answer = {
  status: 400,
  body: { message: 'Note {:note=>["is too long (maximum is 1000000 characters)"]}' },
};

function answerList(
  { notes, mergeRequest }: Pick<GitLab, "notes" | "mergeRequest">,
  request: RoutedRequest,
): Answer {
  if (request.method === "GET") return listNotes(notes, request);
  if (request.method !== "POST") return { status: 405, body: { error: "405 Not Allowed" } };
  if (mergeRequest.discussion_locked) return forbidden;
  const body = readBody(request);
  if (body.length > 1_000_000) return tooLong;
  const note = makeNote(1000 + notes.length, body, { author: bot });
  notes.push(note);
  return { status: 201, body: note };
}

function listNotes(notes: readonly Note[], { query, url }: RoutedRequest): Answer {
  const page = Number(query.get("page") ?? 1);
  const size = Math.min(100, Number(query.get("per_page") ?? 20));
  // The newest first, unless it is asked for the oldest.
  const sorted = query.get("sort") === "asc" ? notes : notes.toReversed();
  const body = sorted.slice((page - 1) * size, page * size);
  const isLast = page * size >= notes.length;
  const link = `<http://127.0.0.1${url.replace(/([?&])page=\d+/, `$1page=${page + 1}`)}>; rel="next"`;
  return { status: 200, body, headers: isLast ? { link: `<x>; rel="first"` } : { link } };
}

function answerNote({ notes }: Pick<GitLab, "notes">, request: RoutedRequest, id: number): Answer {
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
