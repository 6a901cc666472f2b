import { readFile } from "node:fs/promises";
import { toPrintable, UsageError } from "@clipcourier/batch";
import { createTransport } from "@clipcourier/core";
import type { JSONWebKeySet } from "jose";
import * as v from "valibot";
import type { ClipAddress } from "./clip-address.js";

const text = v.pipe(v.string(), v.minLength(1));
const answerSchema = v.object({
  clip: v.object({ id: text, status: v.exactOptional(v.string()) }),
  statements: v.array(text),
});
const keysSchema = v.object({ keys: v.array(v.looseObject({ kty: text })) });

/** The statements of a clip. */
export interface Evidence {
  statements: string[];
  /** Of the clip; `undefined` where a file has statements alone. */
  status: string | undefined;
}

/** A service did not give what was asked for. The message is a whole sentence. */
export class EvidenceError extends Error {
  override readonly name = "EvidenceError";
  readonly fault: "absent" | "expired" | "unreachable";

  constructor(fault: EvidenceError["fault"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** Asks the service of a clip for its statements. */
export async function fetchEvidence(
  { statementsUrl }: ClipAddress,
  signal: AbortSignal,
): Promise<Evidence> {
  const { clip, statements } = await fetchJson(statementsUrl, answerSchema, signal);
  return { statements, status: clip.status };
}

/** Asks a service for its public keys. */
export async function fetchKeys({ keysUrl }: ClipAddress, signal: AbortSignal) {
  return (await fetchJson(keysUrl, keysSchema, signal)) as JSONWebKeySet;
}

/** Reads statements that were kept: the answer of the service, or one statement alone. */
export async function readEvidence(path: string): Promise<Evidence> {
  const content = (await readText("--statement", path)).trim();
  if (/^[\w-]+(\.[\w-]*){2}$/.test(content)) return { statements: [content], status: undefined };
  const parsed = v.safeParse(answerSchema, parseJson(content));
  if (parsed.success) return { statements: parsed.output.statements, status: undefined };
  throw new UsageError(
    `--statement: ${toPrintable(path)} holds no statement. It is what a service answers at /c/<id>/statements.json.`,
  );
}

/** Reads keys that were kept: the answer of the service. */
export async function readKeys(path: string): Promise<JSONWebKeySet> {
  const parsed = v.safeParse(keysSchema, parseJson(await readText("--keys", path)));
  if (parsed.success) return parsed.output as JSONWebKeySet;
  throw new UsageError(
    `--keys: ${toPrintable(path)} holds no keys. It is what a service answers at /.well-known/clipcourier/jwks.json.`,
  );
}

async function readText(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`${option}: ${toPrintable(path)} cannot be read (${code}).`);
  }
}

async function fetchJson<T>(
  url: string,
  schema: v.GenericSchema<unknown, T>,
  signal: AbortSignal,
): Promise<T> {
  const transport = createTransport({});
  const place = nameAddress(url);
  try {
    const headers = { accept: "application/json" };
    const { status, body } = await transport.send({ method: "GET", url, headers, signal });
    if (status !== 200) throw describeStatus(status, place);
    const parsed = v.safeParse(schema, parseJson(body));
    if (parsed.success) return parsed.output;
    throw new EvidenceError("absent", `${place} answers with something else than a statement.`);
  } catch (error) {
    if (error instanceof EvidenceError || signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EvidenceError("unreachable", `${place} cannot be reached: ${reason}`, {
      cause: error,
    });
  } finally {
    await transport.close?.();
  }
}

/** Why an address of a clip does not answer with what it is for. */
export function describeStatus(status: number, place: string): EvidenceError {
  if (status === 403) {
    return new EvidenceError(
      "expired",
      "The link has expired, and the clip is private. Ask for a new one: clipcourier link <id>.",
    );
  }
  if (status === 404) {
    return new EvidenceError(
      "absent",
      `There is nothing at ${place}: the clip is gone or needs a signed link, or the service makes no statements.`,
    );
  }
  return new EvidenceError("unreachable", `${place} was answered with ${status}. Try again.`);
}

/** Without the query, which can be a signature. */
export function nameAddress(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}
