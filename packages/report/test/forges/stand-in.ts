import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface Answer {
  status: number;
  /** JSON; none for 204. */
  body?: object;
  headers?: Record<string, string>;
}

/** What arrived at a stand-in. */
export interface ForgeRequest {
  method: string;
  /** As it was sent, with the query. */
  url: string;
  headers: IncomingHttpHeaders;
  /** The JSON that was sent. */
  body: unknown;
}

/** A request, with the parts of its path decoded, without the prefix. */
export interface RoutedRequest extends ForgeRequest {
  path: string[];
  query: URLSearchParams;
}

/** A server that stands in for a forge. */
export interface StandIn {
  /** The API. */
  url: string;
  requests: ForgeRequest[];
  /** Is asked before the API, which answers when this gives `undefined`. */
  intercept: ((request: RoutedRequest) => Promise<Answer | undefined>) | undefined;
}

export async function startStandIn(
  prefix: string,
  answer: (request: RoutedRequest) => Answer,
): Promise<StandIn> {
  const server = createServer(async (incoming, outgoing) => {
    const request = await readRequest(incoming, prefix);
    const { method, url, headers, body } = request;
    standIn.requests.push({ method, url, headers, body });
    const given = (await standIn.intercept?.(request)) ?? answer(request);
    outgoing.writeHead(given.status, { "content-type": "application/json", ...given.headers });
    outgoing.end(given.body && JSON.stringify(given.body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${prefix}`;
  const standIn: StandIn = { url, requests: [], intercept: undefined };
  return standIn;
}

async function readRequest(incoming: IncomingMessage, prefix: string): Promise<RoutedRequest> {
  const { method = "", url = "", headers } = incoming;
  const sent = await text(incoming);
  const { pathname, searchParams: query } = new URL(url, "http://localhost");
  const path = pathname
    .slice(prefix.length + 1)
    .split("/")
    .map(decodeURIComponent);
  const body: unknown = sent === "" ? undefined : JSON.parse(sent);
  return { method, url, headers, body, path, query };
}

/** The text in `body.body`. */
export function readBody({ body }: ForgeRequest): string {
  return typeof body === "object" && body !== null && "body" in body ? String(body.body) : "";
}
