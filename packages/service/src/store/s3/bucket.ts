import { createHash } from "node:crypto";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { StoreUnavailableError } from "../store-error.js";
import { toPrefix } from "./bucket-url.js";
import { explainFailure } from "./s3-failure.js";
import { encodeForUrl } from "./sign-url.js";

/** Where a bucket is, and how it is reached. */
export interface BucketOptions {
  bucket: string;
  /** Put before every key, such as `clips/`. */
  prefix?: string | undefined;
  /**
   * The S3 API of another engine than AWS.
   *
   * @default AWS, in the region
   */
  endpoint?: string | undefined;
  /** @default what the AWS SDK finds; with an endpoint `us-east-1` */
  region?: string | undefined;
  /**
   * Whether the bucket is the first segment of the path, and not part of the host name.
   *
   * @default false
   */
  forcePathStyle?: boolean | undefined;
  /** @default what the AWS SDK finds: variables, profiles, the machine's role */
  credentials?: S3ClientConfig["credentials"] | undefined;
  /**
   * The endpoint that clients reach the bucket under, which URLs are signed for.
   *
   * @default the endpoint
   */
  publicEndpoint?: string | undefined;
}

/** Milliseconds: for a connection, for the head of an answer, and between two pieces of a body. */
const timeouts = { connectionTimeout: 5_000, requestTimeout: 30_000, socketTimeout: 30_000 };

/** Each video that is streamed through the service holds one. */
const connectionLimit = 500;

/** A client of the S3 API for one bucket, and what its messages call it. */
export class Bucket {
  readonly client: S3Client;
  readonly name: string;
  readonly prefix: string;
  readonly region: string;
  /** Where an object is for this process. */
  readonly url: (key: string) => URL;
  /** Where an object is for clients of the service. */
  readonly publicUrl: (key: string) => URL;
  readonly #title: string;

  private constructor(client: S3Client, options: BucketOptions, region: string) {
    this.client = client;
    this.name = options.bucket;
    this.prefix = toPrefix(options.prefix ?? "");
    this.region = region;
    this.#title = nameBucket(options);
    this.url = locateBelow(resolveAddress(client, options, options.endpoint, region), this.prefix);
    const shown = options.publicEndpoint ?? options.endpoint;
    this.publicUrl = locateBelow(resolveAddress(client, options, shown, region), this.prefix);
  }

  /** Prepares the client. Nothing is sent to the bucket yet. */
  static async connect(options: BucketOptions): Promise<Bucket> {
    const region = await chooseRegion(options);
    const { endpoint, credentials, forcePathStyle = false } = options;
    const client = new S3Client({
      ...{
        region,
        forcePathStyle,
        ...(endpoint && { endpoint }),
        ...(credentials && { credentials }),
      },
      // Engines other than AWS refuse checksums that they do not know.
      ...{
        requestChecksumCalculation: "WHEN_REQUIRED",
        responseChecksumValidation: "WHEN_REQUIRED",
      },
      retryMode: "standard",
      requestHandler: {
        ...timeouts,
        throwOnRequestTimeout: true,
        httpAgent: { maxSockets: connectionLimit },
        httpsAgent: { maxSockets: connectionLimit },
      },
    });
    addContentMd5(client);
    return new Bucket(client, options, region);
  }

  /**
   * Calls the S3 API. An error that means that the bucket is out of reach becomes a
   * `StoreUnavailableError` that says what to do; any other answer of the engine is thrown as it is.
   */
  async call<T>(
    send: (client: S3Client, options: { abortSignal?: AbortSignal }) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await send(this.client, signal ? { abortSignal: signal } : {});
    } catch (error) {
      throw this.explain(error, signal);
    }
  }

  /** The error to throw for one that the SDK threw. */
  explain(error: unknown, signal?: AbortSignal): unknown {
    if (signal?.aborted) return signal.reason;
    return explainFailure(error, this.#title);
  }

  /** The message of an error about this bucket. */
  unavailable(message: string, cause?: unknown): StoreUnavailableError {
    return new StoreUnavailableError(`${this.#title}: ${message}`, { cause });
  }
}

function nameBucket({ bucket, endpoint }: BucketOptions): string {
  // An address may hold a name and a password, which belong in no message.
  return `The bucket ${bucket}${endpoint ? ` at ${new URL(endpoint).origin}` : ""}`;
}

async function chooseRegion(options: BucketOptions): Promise<string> {
  if (options.region !== undefined) return options.region;
  try {
    return await new S3Client({}).config.region();
  } catch (error) {
    if (options.endpoint !== undefined) return "us-east-1";
    throw new StoreUnavailableError(
      `${nameBucket(options)} is in a region that is not known: name it, or set AWS_REGION.`,
      { cause: error },
    );
  }
}

/** The address of the bucket, by the SDK's own rules for endpoints. */
function resolveAddress(
  client: S3Client,
  { bucket, forcePathStyle = false }: BucketOptions,
  endpoint: string | undefined,
  region: string,
): URL {
  const place = { Bucket: bucket, Region: region, ForcePathStyle: forcePathStyle };
  const { url } = client.config.endpointProvider({
    ...place,
    ...(endpoint !== undefined && { Endpoint: endpoint }),
  });
  return url;
}

function locateBelow(bucketUrl: URL, prefix: string): (key: string) => URL {
  return (key) => {
    const url = new URL(bucketUrl);
    const path = (prefix + key).split("/").map(encodeForUrl).join("/");
    url.pathname = `${url.pathname.replace(/\/$/, "")}/${path}`;
    return url;
  };
}

const commandsWithMd5 = new Set([
  "DeleteObjectsCommand",
  "PutBucketCorsCommand",
  "PutBucketLifecycleConfigurationCommand",
  "PutPublicAccessBlockCommand",
]);

/**
 * Ceph and others take these calls only with a Content-MD5, where the SDK sends a CRC32 alone. AWS
 * takes both.
 */
function addContentMd5(client: S3Client): void {
  client.middlewareStack.add(
    (next, context) => (args) => {
      const request = args.request as { body?: unknown; headers: Record<string, string> };
      if (commandsWithMd5.has(context.commandName ?? "") && typeof request.body === "string") {
        request.headers["content-md5"] = createHash("md5").update(request.body).digest("base64");
      }
      return next(args);
    },
    { step: "build", name: "addContentMd5", priority: "low" },
  );
}
