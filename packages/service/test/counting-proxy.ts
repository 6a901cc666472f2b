import { once } from "node:events";
import { createServer, request as requestHttp } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { pipeline } from "node:stream";
import { onTestFinished } from "vitest";

export interface SeenRequest {
  method: string;
  /** Decoded, and without what a signature adds. */
  path: string;
  query: URLSearchParams;
  /** Once it was answered. */
  status: number | null;
}

/** A server before another one that writes down what passes. */
export interface CountingProxy {
  origin: string;
  /** Where it hands on to; may be set later. */
  upstream: string;
  requests: SeenRequest[];
  /** All bytes on the sockets of its clients, with the heads of requests and answers. */
  count(): { sent: number; received: number };
}

/** Starts a proxy that ends with the test. It changes no header, so that signatures stay valid. */
export async function startCountingProxy(upstream = ""): Promise<CountingProxy> {
  const sockets = new Set<Socket>();
  const requests: SeenRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", "http://proxy");
    const { method = "GET", rawHeaders: headers } = incoming;
    const path = decodeURIComponent(url.pathname);
    const seen: SeenRequest = { method, path, query: url.searchParams, status: null };
    requests.push(seen);
    const { hostname, port } = new URL(proxy.upstream);
    const target = { host: hostname, port, method, path: incoming.url, headers, setHost: false };
    const onward = requestHttp(target, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      pipeline(answer, outgoing, () => {
        seen.status = answer.statusCode ?? 502;
      });
    });
    pipeline(incoming, onward, (error) => {
      if (error) outgoing.destroy();
    });
  });
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sum = (read: (socket: Socket) => number) =>
    [...sockets].reduce((total, socket) => total + read(socket), 0);
  const proxy: CountingProxy = {
    ...{ origin, upstream, requests },
    count: () => ({
      sent: sum((socket) => socket.bytesRead),
      received: sum((socket) => socket.bytesWritten),
    }),
  };
  return proxy;
}
