import { HttpError } from "../http-error.js";

const maxBodySize = 2 * 1024 * 1024;

/** The parameters of a form-encoded or JSON body; both encodings have the same names. */
export async function readParameters(request: Request): Promise<Record<string, unknown>> {
  const text = await readText(request);
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

/** The body as it arrives. When reading stops early, the rest can still be drained. */
export async function* readBody(request: Request): AsyncGenerator<Uint8Array, void> {
  if (request.body) yield* request.body.values({ preventCancel: true });
}

async function readText(request: Request): Promise<string> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > maxBodySize) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of readBody(request)) {
    size += chunk.length;
    if (size > maxBodySize) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new HttpError(400, "The body is not UTF-8 text.");
  }
}

function tooLarge(): HttpError {
  return new HttpError(413, "The body is over 2 MiB.");
}

function parseObject(text: string): Record<string, unknown> {
  const value = parseJson(text, "The body");
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value));
  }
  throw new HttpError(400, "The body: not a JSON object.");
}
