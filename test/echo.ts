import { inspect } from "node:util";
import { type Exchange, type Fault, openBody, readAll, sendAnswer } from "./faults/exchange.ts";

/** The form in which a service says something. `clip` is an answer that claims success. */
export type EchoForm = "json" | "long json" | "xml" | "html" | "clip" | "redirect" | "garbage";

/** A service that is as talkative as can be: it answers with all that it was sent. */
export interface Echo extends Fault {
  /** All that it has said. */
  said: string;
}

export function echo(status: number, form: EchoForm): Echo {
  const fault: Echo = {
    name: "echo",
    said: "",
    async apply(exchange) {
      const carried = await listCarried(exchange);
      // Messages are cut after 300 characters: what stands across the cut shall not show either.
      const text = `${form === "long json" ? ".".repeat(285) : ""}${carried.join(" ")}`;
      fault.said += text;
      if (form === "garbage") {
        exchange.request.socket.end(`${text}\r\n\r\n`);
        return;
      }
      const inHeader = encodeURI(text).slice(0, 2_000);
      await sendAnswer(exchange, {
        status,
        headers: { "X-Echo": inHeader, Location: `/${inHeader}`, "Retry-After": inHeader },
        body: formatBody(form, status, text),
      });
    },
  };
  return fault;
}

/** What a request carries, the most secret first: as it is and as it is meant. */
async function listCarried(exchange: Exchange): Promise<string[]> {
  const { request, record } = exchange;
  const body = await readAll(openBody(exchange));
  const isForm = request.headers["content-type"]?.includes("form") === true;
  const headers = ["x-access-token", "x-access-key"].flatMap((name) => request.headers[name] ?? []);
  return [
    ...(isForm ? [...new URLSearchParams(body.toString()).values(), body.toString()] : []),
    ...headers,
    ...record.query.values(),
    request.url ?? "",
  ];
}

function formatBody(form: EchoForm, status: number, text: string): string {
  if (form === "json" || form === "long json") {
    return JSON.stringify({ error: { message: text }, status });
  }
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  if (form === "xml") {
    return `<Error><Code>SignatureDoesNotMatch</Code><Message>${escaped}</Message><Resource>${escaped}</Resource></Error>`;
  }
  if (form === "html") return `<html><body><h1>${escaped}</h1></body></html>`;
  const pictures = { preview_gif: null, thumbnail_url: null };
  const clip = { id: "id", url: "http://127.0.0.1/c", ...pictures, status: "failed", reason: text };
  return JSON.stringify({ _upload: false, data: [clip] });
}

/** What must not be found of a secret: none of its forms, and no piece at either end. */
export function listTraces(secret: string): string[] {
  return [
    secret.slice(0, 12),
    secret.slice(-12),
    encodeURIComponent(secret),
    new URLSearchParams({ a: secret }).toString().slice(2),
    Buffer.from(secret).toString("base64"),
  ];
}

/** All text that can be got out of a value: as it is printed, as JSON, and from what is hidden. */
export function showAll(value: unknown): string {
  const limits = { maxArrayLength: null, maxStringLength: null, breakLength: Infinity };
  const printed = inspect(value, { depth: Infinity, showHidden: true, ...limits });
  return [printed, JSON.stringify(value), ...listTexts(value, new Set())].join("\n");
}

function listTexts(value: unknown, seen: Set<unknown>): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  if (value instanceof Uint8Array) return [Buffer.from(value).toString("latin1")];
  const texts = value instanceof Error ? [value.message, value.stack ?? ""] : [];
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    texts.push(String(key), ...listTexts(property?.value, seen));
  }
  return texts;
}
