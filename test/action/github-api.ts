import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface ApiComment {
  id: number;
  body: string;
  user: { login: string; type: string };
}

interface ApiPull {
  number: number;
  /** `owner:branch` */
  head: string;
  sha: string;
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
  /** The comments on the only pull request. */
  comments: ApiComment[];
  pulls: ApiPull[];
  /** The user who owns the token; a job's own token has none. */
  tokenOwner: string | undefined;
  requests: ApiRequest[];
  /** Is asked before the API; the API answers when this returns `undefined`. */
  intercept: ((request: { method: string; path: string }) => Answer | undefined) | undefined;
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
    ...{ comments: [], pulls: [], tokenOwner: undefined, requests: [], intercept: undefined },
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
  const body = method === "GET" ? {} : await json(request);
  if (request.headers.authorization !== "token ghs_stand-in-token") {
    return { status: 401, body: { message: "Bad credentials" } };
  }
  if (!url.pathname.startsWith(prefix)) return notFound();
  const path = url.pathname.slice(prefix.length);
  const intercepted = api.intercept?.({ method, path });
  if (intercepted !== undefined) return intercepted;
  return route(api, method, path, url, body);
}

function route(api: GitHubApi, method: string, path: string, url: URL, body: unknown): Answer {
  const text = typeof body === "object" && body !== null && "body" in body ? String(body.body) : "";
  if (method === "GET" && path === "/user") return describeOwner(api);
  if (method === "GET" && path === "/repos/octo/intro/pulls") return listPulls(api, url);
  if (/^\/repos\/octo\/intro\/issues\/\d+\/comments$/.test(path)) {
    return method === "GET" ? listComments(api, url) : createComment(api, text);
  }
  const id = /^\/repos\/octo\/intro\/issues\/comments\/(\d+)$/.exec(path)?.[1];
  const comment = api.comments.find((each) => String(each.id) === id);
  if (method !== "PATCH" || comment === undefined) return notFound();
  if (text.length > 65_536) return tooLong();
  comment.body = text;
  return { status: 200, body: { ...comment, html_url: `https://github.example/c/${id}` } };
}

function describeOwner({ tokenOwner: login }: GitHubApi): Answer {
  if (login !== undefined) return { status: 200, body: { login } };
  return { status: 403, body: { message: "Resource not accessible by integration" } };
}

function listPulls({ pulls }: GitHubApi, url: URL): Answer {
  const found = pulls.filter(({ head }) => head === url.searchParams.get("head"));
  return { status: 200, body: found.map(({ number, sha }) => ({ number, head: { sha } })) };
}

function listComments({ comments }: GitHubApi, url: URL): Answer {
  const page = Number(url.searchParams.get("page") ?? 1);
  const size = Math.min(limitedPage, Number(url.searchParams.get("per_page") ?? 30));
  const body = comments.slice((page - 1) * size, page * size);
  if (page * size >= comments.length) return { status: 200, body };
  url.searchParams.set("page", String(page + 1));
  return { status: 200, body, headers: { link: `<${url}>; rel="next"` } };
}

function createComment(api: GitHubApi, body: string): Answer {
  if (body.length > 65_536) return tooLong();
  const comment = makeComment(1000 + api.comments.length, body);
  api.comments.push(comment);
  return { status: 201, body: { ...comment, html_url: `https://github.example/c/${comment.id}` } };
}

export function makeComment(id: number, body: string, login?: string): ApiComment {
  const bot = { login: "github-actions[bot]", type: "Bot" };
  return { id, body, user: login === undefined ? bot : { login, type: "User" } };
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
  response.end(JSON.stringify(body));
}
