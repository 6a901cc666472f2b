import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { Agent } from "undici";
import type { Ground } from "./grounds.ts";

/** An answer and how long it took. */
interface Timed<T> {
  value: T;
  milliseconds: number;
}

interface Plan {
  checksum: string;
  chunk_size: number;
  urls: { PartNumber: number; url: string }[];
}

const connections = 64;
const seedsAtOnce = 16;
const mostByUpload = 1_000;

/** A running service of one checkout, and the requests that the scenarios make to it. */
export class BenchService implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #checkout: string;
  readonly #ground: Ground;
  readonly #agent = new Agent({ connections });
  readonly #rootUrl: string;
  readonly #appId: string;
  readonly #appSecret: string;
  readonly #account: string;
  #headers: Record<string, string> = {};

  private constructor(
    process: ChildProcess,
    place: { checkout: string; ground: Ground },
    facts: Record<string, string>,
  ) {
    this.#process = process;
    this.#checkout = place.checkout;
    this.#ground = place.ground;
    this.#rootUrl = String(facts.rootUrl);
    this.#appId = String(facts.appId);
    this.#appSecret = String(facts.appSecret);
    this.#account = String(facts.account);
  }

  /** Starts the service of a checkout on an empty ground, and signs in. */
  static async start(checkout: string, ground: Ground): Promise<BenchService> {
    const script = join(import.meta.dirname, "service-process.mjs");
    const child = spawn(process.execPath, [script, checkout, JSON.stringify(ground)], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const place = { checkout, ground };
    const service = new BenchService(child, place, JSON.parse(line.toString()));
    await service.#signIn();
    return service;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Asks for the upload URLs of a content that the service does not have. */
  async plan(size: number): Promise<Timed<Plan>> {
    const checksum = createHash("md5").update(randomUUID()).digest("hex");
    const { value, milliseconds } = await this.#ask("GET", `${uploadPath(checksum)}?size=${size}`);
    return { value: { checksum, ...value.data[0] }, milliseconds };
  }

  /** Sends a part, and gives its ETag. */
  async sendPart(url: string, body: Uint8Array): Promise<string> {
    const { origin, pathname, search } = new URL(url);
    const answer = await this.#agent.request({
      ...{ origin, path: pathname + search, method: "PUT", body },
    });
    await answer.body.dump();
    return String(answer.headers.etag);
  }

  /**
   * Makes clips, and says whether they are there. Earlier versions, whose catalog is not that of this
   * one, get them by uploads, which take too long for more than 1,000.
   */
  async seed(clips: number): Promise<boolean> {
    if (clips === 0) return true;
    const script = join(import.meta.dirname, "seed-process.mjs");
    const ground = JSON.stringify(this.#ground);
    const seeder = spawn(
      process.execPath,
      [script, this.#checkout, ground, this.#account, String(clips)],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    const [code] = await once(seeder, "exit");
    if (code === 0) return true;
    if (clips > mostByUpload) return false;
    let next = 0;
    const upload = async () => {
      while (next < clips) await this.upload(Buffer.from(`clip ${next++}`));
    };
    await Promise.all(Array.from({ length: seedsAtOnce }, upload));
    return true;
  }

  /** Uploads a content, and gives the milliseconds of each of its two calls. */
  async upload(content: Uint8Array): Promise<{ plan: number; finalize: number }> {
    const checksum = createHash("md5").update(content).digest("hex");
    const path = uploadPath(checksum);
    const planned = await this.#ask("GET", `${path}?size=${content.byteLength}`);
    const { urls, chunk_size: chunkSize } = planned.value.data[0];
    const uploads: { PartNumber: number; ETag: string }[] = [];
    for (const { PartNumber, url } of urls) {
      const start = (PartNumber - 1) * chunkSize;
      const ETag = await this.sendPart(url, content.subarray(start, start + chunkSize));
      uploads.push({ PartNumber, ETag });
    }
    const finalized = await this.#ask("POST", path, { uploads: JSON.stringify(uploads) });
    return { plan: planned.milliseconds, finalize: finalized.milliseconds };
  }

  /**
   * Sends zeros with a checksum that is not theirs, and gives the milliseconds of the finalize, which
   * does not wait for the verification.
   */
  async finalizeUnverified(size: number): Promise<number> {
    const { value } = await this.plan(size);
    const { urls, chunk_size: chunkSize, checksum } = value;
    const zeros = Buffer.alloc(chunkSize);
    const uploads: { PartNumber: number; ETag: string }[] = [];
    for (const { PartNumber, url } of urls) {
      const length = Math.min(chunkSize, size - (PartNumber - 1) * chunkSize);
      uploads.push({ PartNumber, ETag: await this.sendPart(url, zeros.subarray(0, length)) });
    }
    const form = { uploads: JSON.stringify(uploads) };
    return (await this.#ask("POST", uploadPath(checksum), form)).milliseconds;
  }

  /** Asks whether the service runs, and gives the milliseconds. */
  async checkHealth(): Promise<number> {
    const start = performance.now();
    await this.#send("GET", "/healthz");
    return performance.now() - start;
  }

  /** Asks for a page of clips, and gives the milliseconds. */
  async list(page = 1): Promise<number> {
    return (await this.#ask("GET", `me/videoclips?count=20&page=${page}`)).milliseconds;
  }

  /** Tries to sign in with a wrong secret. */
  async signInWrongly(): Promise<void> {
    const form = { app_id: this.#appId, app_secret: "wrong" };
    await this.#send("POST", "login/app/", new URLSearchParams(form).toString());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
    await this.#agent.destroy();
  }

  async #signIn(): Promise<void> {
    const form = { app_id: this.#appId, app_secret: this.#appSecret };
    const { value } = await this.#ask("POST", "login/app/", form);
    const { access_key: key, access_token: token } = value.data[0];
    this.#headers = { "x-access-key": key, "x-access-token": token };
  }

  async #ask(method: "GET" | "POST", path: string, form?: Record<string, string>) {
    const body = form ? new URLSearchParams(form).toString() : null;
    const start = performance.now();
    const { status, text } = await this.#send(method, path, body);
    const milliseconds = performance.now() - start;
    if (status !== 200) throw new Error(`${method} ${path} was answered with ${status}: ${text}`);
    return { value: JSON.parse(text), milliseconds };
  }

  async #send(method: "GET" | "POST", path: string, body: string | null = null) {
    const { origin, pathname, search } = new URL(path, this.#rootUrl);
    const answer = await this.#agent.request({
      ...{ origin, path: pathname + search, method },
      headers: {
        "x-pv-meta-app": this.#appId,
        ...this.#headers,
        ...(body !== null && { "content-type": "application/x-www-form-urlencoded" }),
      },
      body,
      // A list of an old version takes minutes.
      ...{ headersTimeout: 0, bodyTimeout: 0 },
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  }
}

function uploadPath(checksum: string): string {
  return `me/directupload/videoclip/${checksum}/`;
}
