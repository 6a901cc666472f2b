import { createHash, randomBytes } from "node:crypto";
import type { WireClip, WirePlan } from "@clipcourier/core/wire";
import type { Session, TestService } from "./start-test-service.js";

export const chunkSize = 5 * 1024 * 1024;

export interface Answer<T> {
  status: number;
  text: string;
  body: { _count: number; _upload?: boolean; data: T[]; error?: { message: string } };
  headers: Headers;
}

/** A client that uses the documented protocol only. */
export class UploadClient {
  readonly service: TestService;
  readonly session: Session;
  readonly #asset: string;

  constructor(service: TestService, session: Session, asset = "videoclip") {
    this.service = service;
    this.session = session;
    this.#asset = asset;
  }

  async call<T = WireClip>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
    const headers = { ...this.session.headers, ...(init.headers as Record<string, string>) };
    return answerOf(await fetch(this.service.rootUrl + path, { ...init, headers }));
  }

  plan(content: Uint8Array, query = `size=${content.length}`): Promise<Answer<WirePlan>> {
    return this.call(`me/directupload/${this.#asset}/${md5Hex(content)}/?${query}`);
  }

  async finalize(content: Uint8Array, uploads: unknown): Promise<Answer<WireClip>> {
    return this.call(`me/directupload/${this.#asset}/${md5Hex(content)}/`, {
      method: "POST",
      body: new URLSearchParams({ uploads: JSON.stringify(uploads) }),
    });
  }

  /** Sends every part. The bytes may be others than those that were announced. */
  async sendParts(plan: WirePlan, content: Uint8Array) {
    const uploads: { PartNumber: number; ETag: string }[] = [];
    for (const { PartNumber, url } of plan.urls) {
      const response = await putPart(url, partOf(content, PartNumber, plan.chunk_size));
      uploads.push({ PartNumber, ETag: response.headers.get("etag") ?? "" });
    }
    return uploads;
  }

  /** @param chapters as text, or to be sent as JSON */
  setChapters(id: string, chapters: unknown): Promise<Answer<WireClip>> {
    const text = typeof chapters === "string" ? chapters : JSON.stringify(chapters);
    const body = new URLSearchParams({ chapters: text });
    return this.call(`me/videoclips/${id}/chapters`, { method: "POST", body });
  }

  /** Asks for the plan, sends and finalizes. Returns the clip, which is still pending. */
  async upload(content: Uint8Array, query?: string, sent = content): Promise<WireClip> {
    const plan = first(await this.plan(content, query));
    return first(await this.finalize(content, await this.sendParts(plan, sent)));
  }

  /** Uploads and waits until the clip is verified. */
  async uploadAndSettle(content: Uint8Array, query?: string, sent = content): Promise<WireClip> {
    const { id } = await this.upload(content, query, sent);
    await this.service.settled();
    return first(await this.call(`me/videoclips/${id}`));
  }
}

export async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text), headers: response.headers };
}

export function putPart(url: string, part: Uint8Array, headers: Record<string, string> = {}) {
  return fetch(url, { method: "PUT", body: Buffer.from(part), headers });
}

export function partOf(content: Uint8Array, partNumber: number, size = chunkSize): Uint8Array {
  return content.subarray((partNumber - 1) * size, partNumber * size);
}

export function first<T>(answer: Answer<T>): T {
  const row = answer.body.data?.[0];
  if (!row) throw new Error(`no data in ${answer.status} ${answer.text}`);
  return row;
}

export function md5Hex(content: Uint8Array): string {
  return createHash("md5").update(content).digest("hex");
}

export function makeContent(size: number): Buffer {
  return randomBytes(size);
}
