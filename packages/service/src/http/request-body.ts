import { HttpError } from "../http-error.js";
import type { Limits } from "../limits/limits.js";
import { paceOfCall, readBody } from "./body-pace.js";

// Bytes.
const maxBodySize = 2 * 1024 * 1024;

/**
 * The parameters of a form-encoded or JSON body; both encodings have the same names.
 *
 * @param maxSize bytes
 */
export async function readParameters(
  request: Request,
  limits: Limits,
  maxSize = maxBodySize,
): Promise<Record<string, unknown>> {
  const text = await readText(request, limits, maxSize);
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return parseObject(text);
  if (type === "application/x-www-form-urlencoded" || type === "") {
    return Object.fromEntries(new URLSearchParams(text));
  }
  throw new HttpError(415, "Send the body form-encoded or as application/json.");
}

/** Parses JSON. Throws 400 with `where` in the message. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, `${where}: not valid JSON.`);
  }
}

async function readText(request: Request, limits: Limits, maxSize: number): Promise<string> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > maxSize) throw tooLarge(maxSize);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of readBody(request, paceOfCall(limits))) {
    size += chunk.length;
    if (size > maxSize) throw tooLarge(maxSize);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new HttpError(400, "The body is not UTF-8 text.");
  }
}

function tooLarge(maxSize: number): HttpError {
  return new HttpError(413, `The body is over ${maxSize / 1024} KiB.`);
}

function parseObject(text: string): Record<string, unknown> {
  const value = parseJson(text, "The body");
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value));
  }
  throw new HttpError(400, "The body: not a JSON object.");
}
