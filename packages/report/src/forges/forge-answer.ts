import type { TransportAnswer } from "@clipcourier/core";
import * as v from "valibot";
import { ForgeError, type ForgeFailure } from "../comment/forge.js";

const refusal = v.object({ message: v.optional(v.unknown()), error: v.optional(v.unknown()) });

// A page of an error that a proxy answers with may be long.
const longestReason = 300;

/** The error for an answer that is not a success. */
export function describeRefusal(request: string, answer: TransportAnswer): ForgeError {
  const { status } = answer;
  const reason = readReason(answer.body);
  const message = `${request} was answered with ${status}${reason === "" ? "" : `: ${reason}`}`;
  return new ForgeError(classify(answer, reason), message, { status });
}

/** The reason that GitHub, GitLab (a text, or an object for each field) or Gitea gives. */
function readReason(body: string): string {
  const parsed = v.safeParse(refusal, parseJson(body));
  if (!parsed.success) return "";
  const { message = parsed.output.error } = parsed.output;
  if (message === undefined) return "";
  const text = typeof message === "string" ? message : JSON.stringify(message);
  return text.slice(0, longestReason);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function classify(answer: TransportAnswer, reason: string): ForgeFailure {
  const { status } = answer;
  if (isRateLimited(answer, reason)) return "rate-limited";
  if (status === 403 && /\bis locked\b|\blocked (issue|conversation|discussion)/i.test(reason)) {
    return "locked";
  }
  return [401, 403, 404].includes(status) ? "refused" : "failed";
}

function isRateLimited({ status, headers }: TransportAnswer, reason: string): boolean {
  if (status === 429) return true;
  const isOver = headers["x-ratelimit-remaining"] === "0" || "retry-after" in headers;
  return status === 403 && (isOver || /secondary rate/i.test(reason));
}

/** Milliseconds until a request that met a rate limit may be made again. */
export function readLimitedTime({ headers }: TransportAnswer): number {
  const seconds = Number(headers["retry-after"]);
  if (seconds >= 0) return seconds * 1000;
  const isOver = headers["x-ratelimit-remaining"] === "0";
  const reset = Number(headers["x-ratelimit-reset"]) * 1000 - Date.now();
  // Where GitHub names no time, its documentation asks to wait for a minute.
  return isOver && Number.isFinite(reset) ? Math.max(0, reset) + 1000 : 60_000;
}
