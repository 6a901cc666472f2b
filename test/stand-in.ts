/**
 * A service in miniature, for plans that the real one never gives and for more bytes than a disk
 * should take. As a process of its own it prints its root URL:
 *
 *   node stand-in.ts 5242880
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ClientOptions, DirectUploadClient } from "@clipcourier/core";

export interface StandInOptions {
  /** Bytes of a part; any number, also one that no storage would take. */
  chunkSize: number;
  /** Whether the bytes of parts are kept. Default `false`: they are dropped. */
  keepsBytes?: boolean;
}

export interface StandIn extends AsyncDisposable {
  rootUrl: string;
  /** By part number, in the order of arrival. */
  stored: Map<number, { etag: string; length: number; bytes: Buffer }>;
  /** What each finalize listed. */
  finalized: { PartNumber: number; ETag: string }[][];
  connect(options?: Partial<ClientOptions>): DirectUploadClient;
}

export async function startStandIn({ chunkSize, keepsBytes }: StandInOptions): Promise<StandIn> {
  const stored: StandIn["stored"] = new Map();
  const finalized: StandIn["finalized"] = [];

  async function putPart(request: IncomingMessage, number: number): Promise<string> {
    const pieces: Buffer[] = [];
    let length = 0;
    request.on("data", (piece: Buffer) => {
      length += piece.length;
      if (keepsBytes) pieces.push(piece);
    });
    await once(request, "end");
    const etag = `"${number}-${length}"`;
    stored.set(number, { etag, length, bytes: Buffer.concat(pieces) });
    return etag;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    if (request.method === "PUT") {
      const etag = await putPart(request, Number(url.searchParams.get("partNumber")));
      response.setHeader("ETag", etag).end();
      return;
    }
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    if (request.method === "POST" && url.pathname.includes("/directupload/")) {
      finalized.push(JSON.parse(new URLSearchParams(body).get("uploads") ?? "[]"));
    }
    response.end(JSON.stringify(describe(request.method, url, chunkSize)));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const rootUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2.7/`;
  const credentials = { appId: "app", accessKey: "key", accessToken: "token" };
  return {
    ...{ rootUrl, stored, finalized },
    connect: (options) =>
      new DirectUploadClient({ rootUrl, proxyEnv: {}, ...credentials, ...options }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function describe(method: string | undefined, url: URL, chunkSize: number): object {
  if (method === "GET" && url.pathname.includes("/directupload/")) {
    const count = Math.ceil(Number(url.searchParams.get("size")) / chunkSize);
    const urls = Array.from({ length: count }, (_, index) => ({
      PartNumber: index + 1,
      url: `${url.origin}/part?partNumber=${index + 1}`,
    }));
    return { _upload: true, data: [{ upload_id: "one", chunk_size: chunkSize, urls }] };
  }
  const pictures = { preview_gif: null, thumbnail_url: null };
  return { data: [{ id: "clip", url: `${url.origin}/clip`, ...pictures, status: "available" }] };
}

if (import.meta.main) {
  const { rootUrl } = await startStandIn({ chunkSize: Number(process.argv[2]) });
  console.log(rootUrl);
}
