import {
  type Answer,
  type RoutedRequest,
  readBody,
  type StandIn,
  startStandIn,
} from "./stand-in.js";

interface Comment {
  id: number;
  body: string;
  html_url: string;
  user: { id: number; login: string };
}

/** The part of the API of Gitea and Forgejo that comments need, for pull request 7 of `octo/intro`. */
export interface Gitea extends StandIn {
  comments: Comment[];
  pull: { head: { sha: string }; is_locked: boolean };
  /** Whose the token is; a job's own token may not ask, and comments as user -2. */
  owner: { id: number; login: string } | undefined;
}

type State = Pick<Gitea, "comments" | "pull" | "owner">;

export const giteaToken = "gitea-stand-in";
const jobUser = { id: -2, login: "gitea-actions" };

/** A comment of somebody else. */
export function makeComment(id: number, body: string, user = { id: 1, login: "ann" }): Comment {
  return {
    id,
    body,
    html_url: `https://gitea.example/octo/intro/pulls/7#issuecomment-${id}`,
    user,
  };
}

export async function startGitea(): Promise<Gitea> {
  const state: State = {
    comments: [],
    pull: { head: { sha: "a".repeat(40) }, is_locked: false },
    owner: { id: 5, login: "clips-bot" },
  };
  const standIn = await startStandIn("/api/v1", (request) => route(gitea, request));
  const gitea: Gitea = Object.assign(standIn, state);
  return gitea;
}

function route(state: State, request: RoutedRequest): Answer {
  if (request.headers.authorization !== `token ${giteaToken}`) {
    return { status: 401, body: { message: "invalid username, password or token" } };
  }
  const [first, owner, repo, kind, number, last] = request.path;
  if (first === "user") return describeOwner(state);
  if (first !== "repos" || owner !== "octo" || repo !== "intro") return notFound;
  if (kind === "pulls" && number === "7")
    return { status: 200, body: { number: 7, ...state.pull } };
  if (kind !== "issues") return notFound;
  if (number === "comments") return answerComment(state, request, Number(last));
  return number === "7" && last === "comments" ? answerList(state, request) : notFound;
}

const notFound: Answer = { status: 404, body: { message: "The target couldn't be found." } };

function describeOwner({ owner }: State): Answer {
  if (owner !== undefined) return { status: 200, body: owner };
  return {
    status: 403,
    body: { message: "token does not have at least one of required scope(s)" },
  };
}

/** All comments at once, whatever page is asked for. */
function answerList({ comments, pull, owner }: State, request: RoutedRequest): Answer {
  if (request.method === "GET") {
    return { status: 200, body: comments, headers: { "x-total-count": String(comments.length) } };
  }
  if (request.method !== "POST") return { status: 405 };
  if (pull.is_locked) {
    return { status: 403, body: { message: "Der Kommentarbereich ist gesperrt." } };
  }
  const comment = makeComment(1000 + comments.length, readBody(request), owner ?? jobUser);
  comments.push(comment);
  return { status: 201, body: comment };
}

function answerComment(
  { comments, owner = jobUser }: State,
  request: RoutedRequest,
  id: number,
): Answer {
  const index = comments.findIndex((each) => each.id === id);
  const comment = comments[index];
  if (comment === undefined) return notFound;
  if (comment.user.id !== owner.id) return { status: 403 };
  if (request.method === "DELETE") {
    comments.splice(index, 1);
    return { status: 204 };
  }
  if (request.method !== "PATCH") return { status: 405 };
  comment.body = readBody(request);
  return { status: 200, body: comment };
}
