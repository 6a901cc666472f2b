import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import { type ClientOptions, DirectUploadClient } from "../src/index.js";
import { answerJson, readBody, startServer } from "./http-server.js";

type Kind = "login" | "plan" | "part" | "finalize" | "clip";

export interface Exchange {
  kind: Kind;
  request: IncomingMessage;
  response: ServerResponse;
  /** That of a part request; 0 for others. */
  partNumber: number;
  body: Buffer;
  /** How many requests of this kind there were before. */
  earlier: number;
}

export interface UploadServerOptions {
  chunkSize?: number;
  /** Answers a request and gives `true`, or leaves it to the server. */
  answer?(exchange: Exchange): boolean | undefined | Promise<boolean | undefined>;
  /** Gives the id of the upload that a plan is for. Default: always the same. */
  nextUploadId?(): string;
  /** Whether the plan reports the stored parts. Default `false`. */
  reportsParts?: boolean;
}

/** A small service with its storage, for answers that the real ones never give. */
export async function startUploadServer(options: UploadServerOptions = {}) {
  const { chunkSize = 5 * 1024 * 1024, answer, reportsParts = false, nextUploadId } = options;
  const seen: { kind: Kind; partNumber: number }[] = [];
  const stored = new Map<number, Buffer>();
  const finalized: { PartNumber: number; ETag: string }[][] = [];
  const server = await startServer(async (request, response) => {
    const kind = recognize(request);
    const url = new URL(request.url ?? "/", server.origin);
    const partNumber = Number(url.searchParams.get("partNumber"));
    const earlier = seen.filter((one) => one.kind === kind).length;
    seen.push({ kind, partNumber });
    const body = await readBody(request).catch(() => undefined);
    if (body === undefined) return;
    if (await answer?.({ kind, request, response, partNumber, body, earlier })) return;
    if (kind === "part") {
      stored.set(partNumber, body);
      response.setHeader("ETag", etagOf(body)).end();
    } else if (kind === "finalize") {
      finalized.push(JSON.parse(new URLSearchParams(body.toString()).get("uploads") ?? "[]"));
      answerJson(response, clip);
    } else if (kind === "plan") {
      const size = Number(url.searchParams.get("size"));
      const parts = [...stored].map(([PartNumber, bytes]) => {
        return { PartNumber, ETag: etagOf(bytes), Size: bytes.length };
      });
      const plan = describePlan(service.publicOrigin, size, chunkSize);
      const row = { ...plan, upload_id: nextUploadId?.() ?? plan.upload_id };
      answerJson(response, { _upload: true, data: [{ ...row, ...(reportsParts && { parts }) }] });
    } else answerJson(response, kind === "login" ? session(earlier + 1) : clip);
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const service = {
    ...{ seen, stored, finalized, origin: server.origin },
    /** Where part URLs lead. */
    publicOrigin: server.origin,
    /** How many connections were accepted. */
    connections: () => server.connections(),
    count: (kind: Kind) => seen.filter((one) => one.kind === kind).length,
    connect(changes: Partial<ClientOptions> = {}) {
      const keys = { appId: "app", appSecret: "s3cret-of-the-app" };
      const client = new DirectUploadClient({
        ...{ rootUrl: `${server.origin}/v2.7`, proxyEnv: {}, ...keys },
        // However slow the machine is, an outage that a test makes is not given up.
        retry: { minDelay: 1, maxDelay: 5, outage: 86_400_000 },
        ...changes,
      });
      onTestFinished(() => client.close());
      return client;
    },
  };
  return service;
}

function recognize({ method, url = "" }: IncomingMessage): Kind {
  if (method === "PUT") return "part";
  if (url.includes("/login/")) return "login";
  if (!url.includes("/directupload/")) return "clip";
  return method === "POST" ? "finalize" : "plan";
}

function etagOf(bytes: Buffer): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}

function describePlan(origin: string, size: number, chunkSize: number) {
  const urls = Array.from({ length: Math.ceil(size / chunkSize) }, (_, index) => ({
    PartNumber: index + 1,
    url: `${origin}/part?partNumber=${index + 1}&X-Amz-Signature=signature-of-${index + 1}`,
  }));
  return { upload_id: "one", chunk_size: chunkSize, urls };
}

const pictures = { preview_gif: null, thumbnail_url: null };
const clip = {
  data: [{ id: "c1", url: "https://clips.example.com/c1", ...pictures, status: "available" }],
};

function session(number: number) {
  return { data: [{ access_key: `key-${number}`, access_token: `token-${number}`, id: "acc" }] };
}
