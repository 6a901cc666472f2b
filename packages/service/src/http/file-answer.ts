import type { Context } from "hono";
import { HttpError } from "../http-error.js";
import type { ByteRange } from "../store/object-store.js";
import type { Backend } from "./backend.js";
import { parseRange } from "./byte-range.js";
import { nothingToSee, notStored } from "./clip-access.js";
import { allowsRange, checkConditions, type Validators } from "./conditions.js";

/** The files at a clip's address never change: a clip with other bytes has another id. */
export const immutable = "public, max-age=31536000, immutable";

/** A stored file that is sent as the answer to a request. */
export interface FileToSend {
  /** In the object store. */
  key: string;
  /** Bytes. */
  size: number;
  validators: Validators;
  type: string;
  /** The value of Content-Disposition; `null` for none. */
  disposition: string | null;
  cacheControl: string;
  /**
   * The value of Content-Security-Policy; `null` for none.
   *
   * @default null
   */
  policy?: string | null;
  /** Whether the store may send it itself, from an address that the client is redirected to. */
  mayRedirect: boolean;
  /** Until when such an address may be good, in seconds since 1970; `null` where nothing says it. */
  expires: number | null;
}

/** Answers with a file, or a range of it, as the conditions of the request demand. */
export async function answerFile(
  c: Context,
  backend: Backend,
  file: FileToSend,
): Promise<Response> {
  const requested = c.req.raw.headers;
  const headers = {
    ...describe(file.validators, file.type, file.cacheControl),
    "Accept-Ranges": "bytes",
    ...(file.disposition !== null && { "Content-Disposition": file.disposition }),
    ...(file.policy && { "Content-Security-Policy": file.policy }),
  };
  const settled = answerConditions(requested, file.validators, headers);
  if (settled) return settled;
  if (c.req.method === "HEAD") {
    return new Response(null, { headers: { ...headers, "Content-Length": String(file.size) } });
  }
  const elsewhere = file.mayRedirect ? await redirect(file, backend) : null;
  if (elsewhere) return elsewhere;
  const wanted = allowsRange(requested, file.validators) ? requested.get("range") : null;
  const range = parseRange(wanted, file.size);
  if (range === "unsatisfiable") {
    throw new HttpError(416, `The file has ${file.size} bytes.`, {
      "Content-Range": `bytes */${file.size}`,
    });
  }
  return sendBytes(c, backend, file, range, headers);
}

/** Answers with a text that the service writes itself. */
export function answerText(
  c: Context,
  text: string,
  { validators, type, cacheControl }: Pick<FileToSend, "validators" | "type" | "cacheControl">,
): Response {
  const headers = describe(validators, type, cacheControl);
  const settled = answerConditions(c.req.raw.headers, validators, headers);
  if (settled) return settled;
  return new Response(c.req.method === "HEAD" ? null : text, {
    headers: { ...headers, "Content-Length": String(Buffer.byteLength(text)) },
  });
}

/** The answer with 304 or 412; `null` where the file has to be sent. */
function answerConditions(
  requested: Headers,
  validators: Validators,
  headers: Record<string, string>,
): Response | null {
  switch (checkConditions(requested, validators)) {
    case "not-modified":
      return new Response(null, { status: 304, headers });
    case "failed":
      throw new HttpError(412, "The file is not the version that If-Match or a date names.");
    case "proceed":
      return null;
  }
}

async function sendBytes(
  c: Context,
  { store }: Backend,
  { key, size }: FileToSend,
  range: ByteRange | null,
  headers: Record<string, string>,
): Promise<Response> {
  const object = await store.getObject(key, {
    signal: c.req.raw.signal,
    ...(range && { range }),
  });
  if (!object) throw nothingToSee("missing");
  const length = range ? range.end - range.start + 1 : size;
  const place = range ? { "Content-Range": `bytes ${range.start}-${range.end}/${size}` } : {};
  return new Response(object.body, {
    status: range ? 206 : 200,
    headers: { ...headers, ...place, "Content-Length": String(length) },
  });
}

/**
 * A redirect to where the store itself sends the bytes; `null` where the service has to. The address
 * is valid for as long as a part URL, so that a video can be watched to its end, but not for longer
 * than the link that has led to it.
 */
async function redirect(
  { key, type, disposition, cacheControl, expires }: FileToSend,
  { store, streamsVideos, urlLifetime }: Backend,
): Promise<Response | null> {
  if (!store.presignGet || streamsVideos) return null;
  const location = await store.presignGet(key, {
    expires: Math.min(Math.floor(Date.now() / 1000) + urlLifetime, expires ?? Infinity),
    contentType: type,
    ...(disposition !== null && { contentDisposition: disposition }),
    cacheControl,
  });
  return new Response(null, {
    status: 302,
    headers: {
      Location: location,
      "Cache-Control": expires === null ? "private, max-age=60" : notStored,
    },
  });
}

function describe(
  { etag, lastModified }: Validators,
  type: string,
  cacheControl: string,
): Record<string, string> {
  return {
    "Content-Type": type,
    ETag: etag,
    "Last-Modified": lastModified,
    "Cache-Control": cacheControl,
    "X-Content-Type-Options": "nosniff",
  };
}
