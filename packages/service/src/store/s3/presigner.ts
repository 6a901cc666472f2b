import type { PartToSign, PresignGetOptions, UploadToSign } from "../object-store.js";
import type { Bucket } from "./bucket.js";
import { createUrlSigner, type RequestToSign } from "./sign-url.js";

export interface PresignerOptions {
  bucket: Bucket;
  /** The address of an object for whoever gets the URL. */
  locate: (key: string) => URL;
  /** Whether headers that could change the meaning of a request are signed as absent; see `EngineHabits`. */
  sealsHeaders: boolean;
}

/** Seconds: what S3 takes at most. */
const longestExpiry = 7 * 24 * 3600;

/**
 * With these a client could store something else than what it was given the URL for: a part could
 * become a copy of any object in the bucket, whose content its ETag gives away.
 */
const unwantedHeaders = ["x-amz-acl", "x-amz-copy-source", "x-amz-copy-source-range"];

/** Signs the URLs that clients reach the bucket by. */
export class Presigner {
  readonly #options: PresignerOptions;

  constructor(options: PresignerOptions) {
    this.#options = options;
  }

  async signParts(upload: UploadToSign): Promise<(part: PartToSign) => string> {
    const { locate, sealsHeaders } = this.#options;
    const sign = await this.#createSigner(upload.expires);
    const url = locate(upload.key);
    const absentHeaders = sealsHeaders ? unwantedHeaders : [];
    return ({ partNumber, contentLength }) =>
      sign({
        ...{ method: "PUT", url, absentHeaders },
        query: { partNumber: String(partNumber), uploadId: upload.uploadId },
        headers: { "content-length": String(contentLength) },
      });
  }

  async signGet(key: string, options: PresignGetOptions): Promise<string> {
    const sign = await this.#createSigner(options.expires);
    const { contentType, contentDisposition, cacheControl } = options;
    return sign({
      method: "GET",
      url: this.#options.locate(key),
      query: {
        ...(contentType !== undefined && { "response-content-type": contentType }),
        ...(contentDisposition !== undefined && {
          "response-content-disposition": contentDisposition,
        }),
        ...(cacheControl !== undefined && { "response-cache-control": cacheControl }),
      },
    });
  }

  /** The credentials are asked for each time, because the SDK renews them. */
  async #createSigner(expires: number): Promise<(request: RequestToSign) => string> {
    const { bucket } = this.#options;
    const { credentials, systemClockOffset } = bucket.client.config;
    const held = await bucket.call(() => credentials());
    // The SDK learns from answers how wrong the clock of this machine is.
    const moment = Date.now() + systemClockOffset;
    const last = Math.min(expires * 1000, held.expiration?.getTime() ?? Number.POSITIVE_INFINITY);
    // What has expired already is signed as of its last second, so that it is refused as expired.
    const signedAt = Math.min(moment, last - 1000);
    return createUrlSigner({
      credentials: held,
      region: bucket.region,
      signedAt: new Date(signedAt),
      expiresIn: Math.min(Math.floor((last - signedAt) / 1000), longestExpiry),
    });
  }
}
