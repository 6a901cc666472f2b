import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface ApiComment {
  id: number;
  body: string;
  user: { login: string; type: string };
  /** Every body that it has had, the newest last. */
  versions: string[];
}

export interface ApiPull {
  number: number;
  /** `owner:branch` */
  head: string;
  sha: string;
  /** The repository of the head; `owner/intro` where it is left out, `null` when it was deleted. */
  from?: string | null;
  /** The repository that it would be merged into; `octo/intro` where it is left out. */
  into?: string;
  /** The newest commit of its base when it was last pushed to. */
  base?: string;
  /** `open` where it is left out. */
  state?: "open" | "closed";
  /** Those that it changes. */
  files?: { filename: string; previous_filename?: string }[];
  /** How many it says to change, where it does not list all of them. */
  changedFiles?: number;
}

interface Answer {
  status: number;
  body: object;
  headers?: Record<string, string>;
}

/** A request and the status of its answer. */
interface ApiRequest {
  method: string;
  path: string;
  status: number;
  /** Milliseconds, on the clock of `performance.now()`. */
  time: number;
}

/** The part of GitHub's REST API that the action uses, for the repository `octo/intro`. */
export interface GitHubApi {
  url: string;
  /** The comments, which all pull requests share. */
  comments: ApiComment[];
  /** Those that were deleted. */
  deleted: ApiComment[];
  pulls: ApiPull[];
  /** The parents of each commit. */
  commits: Record<string, string[]>;
  /** The user who owns the token; a job's own token has none. */
  tokenOwner: string | undefined;
  requests: ApiRequest[];
  /** Is asked before the API; the API answers when this returns `undefined`. */
  intercept: ((request: { method: string; path: string }) => Answer | undefined) | undefined;
  /** Holds a request up before it has any effect, and its answer afterwards. */
  hold:
    | ((request: { method: string; path: string }, what: "request" | "answer") => Promise<void>)
    | undefined;
}

const limitedPage = 100;

export async function startGitHubApi(prefix = ""): Promise<GitHubApi> {
  const server = createServer((request, response) => {
    answer(api, prefix, request).then(
      (given) => send(api, request, response, given),
      (error) => send(api, request, response, { status: 500, body: { message: String(error) } }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const api: GitHubApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    ...{ comments: [], deleted: [], pulls: [], commits: {}, tokenOwner: undefined, requests: [] },
    ...{ intercept: undefined, hold: undefined },
  };
  return api;
}

/** The environment in which a step talks to this API. */
export function apiEnv({ url }: GitHubApi): Record<string, string> {
  return { GITHUB_API_URL: url, GITHUB_GRAPHQL_URL: `${url}/graphql` };
}

async function answer(api: GitHubApi, prefix: string, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? "/", api.url);
  const method = request.method ?? "GET";
  const body = ["GET", "DELETE"].includes(method) ? {} : await json(request);
  if (request.headers.authorization !== "token ghs_stand-in-token") {
    return { status: 401, body: { message: "Bad credentials" } };
  }
  if (!url.pathname.startsWith(prefix)) return notFound();
  const path = url.pathname.slice(prefix.length);
  const intercepted = api.intercept?.({ method, path });
  if (intercepted !== undefined) return intercepted;
  await api.hold?.({ method, path }, "request");
  const answered = route(api, method, path, url, body);
  await api.hold?.({ method, path }, "answer");
  return answered;
}

function route(api: GitHubApi, method: string, path: string, url: URL, body: unknown): Answer {
  const text = typeof body === "object" && body !== null && "body" in body ? String(body.body) : "";
  if (method === "GET" && path === "/user") return describeOwner(api);
  if (method === "GET" && path === "/repos/octo/intro/pulls") return listPulls(api, url);
  const number = /^\/repos\/octo\/intro\/pulls\/(\d+)$/.exec(path)?.[1];
  if (method === "GET" && number !== undefined) return readPull(api, Number(number));
  const changing = /^\/repos\/octo\/intro\/pulls\/(\d+)\/files$/.exec(path)?.[1];
  if (method === "GET" && changing !== undefined) {
    const files = api.pulls.find((pull) => pull.number === Number(changing))?.files;
    return files === undefined ? notFound() : answerPage(files, url);
  }
  const sha = /^\/repos\/octo\/intro\/git\/commits\/(\w+)$/.exec(path)?.[1];
  if (method === "GET" && sha !== undefined) return readCommit(api, sha);
  if (/^\/repos\/octo\/intro\/issues\/\d+\/comments$/.test(path)) {
    return method === "GET" ? listComments(api, url) : createComment(api, text);
  }
  const id = /^\/repos\/octo\/intro\/issues\/comments\/(\d+)$/.exec(path)?.[1];
  const comment = api.comments.find((each) => String(each.id) === id);
  if (comment === undefined) return notFound();
  if (method === "PATCH") return updateComment(comment, text);
  return method === "DELETE" ? deleteComment(api, comment) : notFound();
}

function updateComment(comment: ApiComment, body: string): Answer {
  if (body.length > 65_536) return tooLong();
  comment.body = body;
  comment.versions.push(body);
  return { status: 200, body: show(comment) };
}

function deleteComment(api: GitHubApi, comment: ApiComment): Answer {
  api.comments.splice(api.comments.indexOf(comment), 1);
  api.deleted.push(comment);
  return { status: 204, body: {} };
}

function describeOwner({ tokenOwner: login }: GitHubApi): Answer {
  if (login !== undefined) return { status: 200, body: { id: 7, login } };
  return { status: 403, body: { message: "Resource not accessible by integration" } };
}

function listPulls({ pulls }: GitHubApi, url: URL): Answer {
  const found = pulls.filter(({ head }) => head === url.searchParams.get("head"));
  return { status: 200, body: found.map((pull) => describePull(pull)) };
}

function readPull({ pulls }: GitHubApi, number: number): Answer {
  const found = pulls.find((pull) => pull.number === number);
  return found === undefined ? notFound() : { status: 200, body: describePull(found) };
}

function describePull({
  number,
  head,
  sha,
  from,
  into = "octo/intro",
  base = "d".repeat(40),
  state = "open",
  files = [],
  changedFiles = files.length,
}: ApiPull): object {
  const [owner, branch] = head.split(":");
  const source = from === undefined ? `${owner}/intro` : from;
  return {
    ...{ number, state, changed_files: changedFiles },
    head: { ref: branch, sha, repo: source === null ? null : { full_name: source } },
    base: { sha: base, repo: { full_name: into } },
  };
}

function readCommit({ commits }: GitHubApi, sha: string): Answer {
  const parents = commits[sha]?.map((parent) => ({ sha: parent }));
  return parents === undefined ? notFound() : { status: 200, body: { sha, parents } };
}

function listComments({ comments }: GitHubApi, url: URL): Answer {
  return answerPage(
    comments.map((comment) => show(comment)),
    url,
  );
}

function answerPage(all: readonly object[], url: URL): Answer {
  const page = Number(url.searchParams.get("page") ?? 1);
  const size = Math.min(limitedPage, Number(url.searchParams.get("per_page") ?? 30));
  const body = all.slice((page - 1) * size, page * size);
  if (page * size >= all.length) return { status: 200, body };
  url.searchParams.set("page", String(page + 1));
  return { status: 200, body, headers: { link: `<${url}>; rel="next"` } };
}

function createComment(api: GitHubApi, body: string): Answer {
  if (body.length > 65_536) return tooLong();
  const comment = makeComment(1000 + api.comments.length + api.deleted.length, body);
  api.comments.push(comment);
  return { status: 201, body: show(comment) };
}

function show({ versions: _, ...comment }: ApiComment): object {
  return { ...comment, html_url: `https://github.example/c/${comment.id}` };
}

export function makeComment(id: number, body: string, login?: string): ApiComment {
  const bot = { login: "github-actions[bot]", type: "Bot" };
  const user = login === undefined ? bot : { login, type: "User" };
  return { id, body, user, versions: [body] };
}

function notFound(): Answer {
  return { status: 404, body: { message: "Not Found" } };
}

function tooLong(): Answer {
  return { status: 422, body: { message: "Body is too long (maximum is 65536 characters)" } };
}

function send(
  api: GitHubApi,
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, headers }: Answer,
): void {
  const { method = "", url: path = "" } = request;
  api.requests.push({ method, path, status, time: performance.now() });
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}
