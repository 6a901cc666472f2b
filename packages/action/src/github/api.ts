import { setTimeout as sleep } from "node:timers/promises";
import { getOctokit } from "@actions/github";
import { warn } from "../runner/log.js";

export type GitHub = ReturnType<typeof getOctokit>;

const mostAttempts = 3;
// A step that waits costs paid minutes.
const longestWait = 60_000;

/** GitHub's API, at `GITHUB_API_URL`. Requests that meet a rate limit or fail are tried again. */
export function connectGitHub(token: string, signal: AbortSignal): GitHub {
  const octokit = getOctokit(token);
  octokit.hook.wrap("request", async (request, options) => {
    options.request = { ...options.request, signal };
    for (let attempt = 1; ; attempt++) {
      try {
        return await request(options);
      } catch (error) {
        const wait = readWait(error, options.method, attempt);
        if (wait === undefined || wait > longestWait || attempt >= mostAttempts) throw error;
        warn(`GitHub asks to wait ${Math.ceil(wait / 1000)} s before the comment is written.`);
        await sleep(wait, undefined, { signal });
      }
    }
  });
  return octokit;
}

/** The HTTP status of an error from GitHub; `undefined` where there was no answer. */
export function readStatus(error: unknown): number | undefined {
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  return typeof status === "number" ? status : undefined;
}

/** Whether GitHub refused the request because of a rate limit. */
export function isRateLimited(error: unknown): boolean {
  const status = readStatus(error);
  if (status === 429) return true;
  const headers = readHeaders(error);
  const isOver = headers["x-ratelimit-remaining"] === "0" || "retry-after" in headers;
  return status === 403 && (isOver || /secondary rate/i.test(String(error)));
}

/** Milliseconds until the request may be made again; `undefined` when it must not be repeated. */
function readWait(error: unknown, method: string, attempt: number): number | undefined {
  const headers = readHeaders(error);
  if (isRateLimited(error)) {
    const seconds = Number(headers["retry-after"]);
    if (seconds >= 0) return seconds * 1000;
    const isOver = headers["x-ratelimit-remaining"] === "0";
    const reset = Number(headers["x-ratelimit-reset"]) * 1000 - Date.now();
    // Where GitHub names no time, its documentation asks to wait for a minute.
    return isOver && Number.isFinite(reset) ? Math.max(0, reset) + 1000 : 60_000;
  }
  const status = readStatus(error);
  // When the answer to a POST is lost, the comment may exist: another POST would create a second
  // one.
  const isRepeatable = method !== "POST" && (status === undefined || status >= 500);
  return isRepeatable ? attempt * 1000 : undefined;
}

function readHeaders(error: unknown): Record<string, unknown> {
  const response = error instanceof Error && "response" in error ? error.response : undefined;
  const headers =
    typeof response === "object" && response !== null && "headers" in response
      ? response.headers
      : undefined;
  return typeof headers === "object" && headers !== null ? { ...headers } : {};
}
