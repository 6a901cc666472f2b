import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import type {
  CallOptions,
  GetOptions,
  ListOptions,
  ObjectFacts,
  ObjectList,
  PutOptions,
  StoredObject,
} from "../object-store.js";
import type { Bucket } from "./bucket.js";
import { type EngineHabits, stripQuotes } from "./probe.js";
import { hasCode, statusOf } from "./s3-failure.js";

/** What DeleteObjects takes at most. */
const deleteLimit = 1_000;

/** How often a put is sent again that ran into another one, and the milliseconds between. */
const conflictRetries = { count: 5, delay: 100 };

/** After every key below a prefix: no key has a `~`. */
const afterPrefix = "~";

/** The objects of a bucket. */
export class S3Objects {
  readonly #bucket: Bucket;
  readonly #habits: EngineHabits;

  constructor(bucket: Bucket, habits: EngineHabits) {
    this.#bucket = bucket;
    this.#habits = habits;
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<StoredObject | null> {
    const Range = range && `bytes=${range.start}-${range.end}`;
    const command = new GetObjectCommand({ ...this.#object(key), Range });
    const answer = await this.#nullIfMissing(() =>
      this.#bucket.call((client, options) => client.send(command, options), signal),
    );
    if (!(answer?.Body instanceof Readable)) return null;
    const { ContentRange, ContentLength, Body } = answer;
    const whole = ContentRange?.split("/")[1] ?? ContentLength;
    const body = this.#toWebStream(Body, signal);
    return { ...toFacts(answer), size: Number(whole ?? 0), body };
  }

  async head(key: string, { signal }: CallOptions = {}): Promise<ObjectFacts | null> {
    const ChecksumMode = this.#habits.crc64nvme ? "ENABLED" : undefined;
    const command = new HeadObjectCommand({ ...this.#object(key), ChecksumMode });
    const answer = await this.#nullIfMissing(() =>
      this.#bucket.call((client, options) => client.send(command, options), signal),
    );
    if (answer === null) return null;
    const { ChecksumCRC64NVME: crc64nvme, ChecksumType } = answer;
    const isOfObject = crc64nvme !== undefined && ChecksumType !== "COMPOSITE";
    return { ...toFacts(answer), ...(isOfObject && { crc64nvme }) };
  }

  /** S3 answers 404 for an object that is not there, and a HEAD has no code that says more. */
  async #nullIfMissing<T>(call: () => Promise<T>): Promise<T | null> {
    try {
      return await call();
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  }

  async put(
    key: string,
    content: Uint8Array | string,
    options: PutOptions = {},
  ): Promise<string | null> {
    const { ifNoneMatch, ifMatch, contentType } = options;
    // The SDK takes an empty body for a stream of unknown length, and warns.
    const ContentLength = Buffer.byteLength(content);
    const body = { Body: content, ContentLength, ContentType: contentType };
    const input = { ...this.#object(key), ...body };
    if (ifNoneMatch === undefined && ifMatch === undefined) return this.#write(input);
    if (!this.#habits.conditionalPut) {
      // Right with one writing process, which is what the capability asks for.
      const present = await this.head(key);
      const holds = ifMatch === undefined ? present === null : present?.etag === ifMatch;
      return holds ? this.#write(input) : null;
    }
    const IfMatch = ifMatch && (this.#habits.etagQuotes ? ifMatch : stripQuotes(ifMatch));
    return this.#writeIf({ ...input, IfMatch, IfNoneMatch: ifNoneMatch });
  }

  async #write(input: PutObjectCommandInput): Promise<string> {
    const { ETag } = await this.#bucket.call((client) => client.send(new PutObjectCommand(input)));
    if (!ETag) throw this.#bucket.unavailable("it stored an object without an ETag.");
    return ETag;
  }

  async #writeIf(conditional: PutObjectCommandInput): Promise<string | null> {
    const writer = randomUUID();
    const input = { ...conditional, Metadata: { writer } };
    for (let retry = 0; ; retry += 1) {
      try {
        return await this.#write(input);
      } catch (error) {
        if (hasCode(error, "ConditionalRequestConflict") && retry < conflictRetries.count) {
          await sleep(conflictRetries.delay);
          continue;
        }
        const status = statusOf(error);
        if (status !== 412 && status !== 404) throw error;
        // Of a request that was sent twice, the second may have found what the first had stored.
        const wasRepeated = hasAttempts(error) || retry > 0;
        return wasRepeated ? this.#findOwn(input, writer) : null;
      }
    }
  }

  /** The ETag of the present object, if it was stored by this writer. */
  async #findOwn({ Bucket, Key }: PutObjectCommandInput, writer: string): Promise<string | null> {
    const found = await this.#nullIfMissing(() =>
      this.#bucket.call((client) => client.send(new HeadObjectCommand({ Bucket, Key }))),
    );
    return found?.Metadata?.writer === writer ? (found.ETag ?? null) : null;
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    const failed: string[] = [];
    for (let at = 0; at < keys.length; at += deleteLimit) {
      const batch = keys.slice(at, at + deleteLimit);
      const Objects = batch.map((key) => ({ Key: this.#bucket.prefix + key }));
      const command = new DeleteObjectsCommand({
        Bucket: this.#bucket.name,
        Delete: { Objects, Quiet: true },
      });
      const { Errors = [] } = await this.#bucket.call((client) => client.send(command));
      for (const { Key, Code } of Errors) if (Code !== "NoSuchKey") failed.push(`${Key} (${Code})`);
    }
    if (failed.length === 0) return;
    throw this.#bucket.unavailable(
      `${failed.length} of ${keys.length} objects could not be deleted, the first is ${failed[0]}; the others are deleted.`,
    );
  }

  async deleteIfMatch(key: string, etag: string): Promise<boolean> {
    const IfMatch = this.#habits.etagQuotes ? etag : stripQuotes(etag);
    const command = new DeleteObjectCommand({ ...this.#object(key), IfMatch });
    try {
      await this.#bucket.call((client) => client.send(command));
      return true;
    } catch (error) {
      const status = statusOf(error);
      if (status === 412 || status === 404) return false;
      throw error;
    }
  }

  async list(prefix: string, options: ListOptions = {}): Promise<ObjectList> {
    const { startAfter, maxKeys, delimiter, signal } = options;
    const own = this.#bucket.prefix;
    const command = new ListObjectsV2Command({
      ...{ Bucket: this.#bucket.name, Prefix: own + prefix, Delimiter: delimiter },
      ...{ StartAfter: startAfter && own + startAfter, MaxKeys: maxKeys },
    });
    const page = await this.#bucket.call((client, call) => client.send(command, call), signal);
    const objects = (page.Contents ?? []).map(({ Key = "", Size = 0, LastModified }) => ({
      key: Key.slice(own.length),
      size: Size,
      lastModified: LastModified ?? new Date(0),
    }));
    const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix = "" }) => Prefix.slice(own.length));
    return { objects, prefixes, next: page.IsTruncated ? lastOf(objects, prefixes) : null };
  }

  #object(key: string) {
    return { Bucket: this.#bucket.name, Key: this.#bucket.prefix + key };
  }

  /** A body whose errors say what happened. Ending it, or the signal, closes its connection. */
  #toWebStream(source: Readable, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
    const stop = () => source.destroy();
    signal?.addEventListener("abort", stop, { once: true });
    source.once("close", () => signal?.removeEventListener("abort", stop));
    const reader = Readable.toWeb(source).getReader();
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          try {
            const { done, value } = await reader.read();
            if (done) controller.close();
            else controller.enqueue(value);
          } catch (error) {
            controller.error(this.#bucket.explain(error, signal));
          }
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }
}

function toFacts(answer: {
  ContentLength?: number | undefined;
  ETag?: string | undefined;
  LastModified?: Date | undefined;
}): ObjectFacts {
  const { ContentLength = 0, ETag = "", LastModified = new Date(0) } = answer;
  return { size: ContentLength, etag: ETag, lastModified: LastModified };
}

/** Where the next page begins. With a prefix alone, it would come again. */
function lastOf(objects: { key: string }[], prefixes: string[]): string | null {
  const key = objects.at(-1)?.key ?? "";
  const prefix = prefixes.at(-1) ?? "";
  return (prefix > key ? prefix + afterPrefix : key) || null;
}

function hasAttempts(error: unknown): boolean {
  const { attempts = 1 } = (error as { $metadata?: { attempts?: number } }).$metadata ?? {};
  return attempts > 1;
}
