import { createHmac, hash } from "node:crypto";

/** What a presigned URL is signed with. */
interface SigningCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

export interface SignerOptions {
  credentials: SigningCredentials;
  region: string;
  /** The moment that the URLs count their `expiresIn` from. */
  signedAt: Date;
  /** Seconds. */
  expiresIn: number;
}

/** A request that whoever has the URL may send. */
export interface RequestToSign {
  method: "GET" | "PUT";
  /** The address of the object, without a query. Its path is encoded as S3 encodes it. */
  url: URL;
  query?: Readonly<Record<string, string>>;
  /** Headers besides `host` that the request must carry exactly so; names in lower case. */
  headers?: Readonly<Record<string, string>>;
  /**
   * Headers that the request must not carry. They are named as signed, without a line of their own:
   * an engine that leaves out the lines of missing headers, as Ceph does, then refuses a request that
   * has one. AWS refuses `x-amz-` headers that are not signed, and requests that lack a signed one.
   */
  absentHeaders?: readonly string[];
}

const algorithm = "AWS4-HMAC-SHA256";

/**
 * Signs URLs with AWS Signature Version 4 in their query, as S3 and its likes check it.
 *
 * Written here because libraries sign asynchronously, and derive or look up more for each URL than
 * the part number that changes: 10,000 URLs take 0.25 s of CPU here, 0.5 s with `@smithy/signature-v4`,
 * 2 s with aws4fetch and 4.6 s with the presigner of the SDK.
 */
export function createUrlSigner(options: SignerOptions): (request: RequestToSign) => string {
  const { credentials, region, signedAt, expiresIn } = options;
  const time = signedAt.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const key = deriveKey(credentials.secretAccessKey, scope);
  const common = encodeAll({
    "X-Amz-Algorithm": algorithm,
    "X-Amz-Credential": `${credentials.accessKeyId}/${scope}`,
    "X-Amz-Date": time,
    "X-Amz-Expires": String(expiresIn),
    ...(credentials.sessionToken !== undefined && {
      "X-Amz-Security-Token": credentials.sessionToken,
    }),
  });
  return ({ method, url, query, headers, absentHeaders = [] }) => {
    const signed = sortByName({ ...headers, host: url.host });
    const names = [...signed.map(([name]) => name), ...absentHeaders].sort().join(";");
    // Sorted with their values, which is the order of the names where none begins another one.
    const search = [...common, ...encodeAll({ "X-Amz-SignedHeaders": names, ...query })]
      .sort()
      .join("&");
    const lines = signed.map(([name, value]) => `${name}:${value}\n`).join("");
    const canonical = `${method}\n${url.pathname}\n${search}\n${lines}\n${names}\nUNSIGNED-PAYLOAD`;
    const digest = hash("sha256", canonical);
    const text = `${algorithm}\n${time}\n${scope}\n${digest}`;
    const signature = createHmac("sha256", key).update(text).digest("hex");
    return `${url.origin}${url.pathname}?${search}&X-Amz-Signature=${signature}`;
  };
}

/** Encodes text for a path or a query as SigV4 requires it: everything but `A-Za-z0-9-._~`. */
export function encodeForUrl(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function deriveKey(secret: string, scope: string): Buffer {
  let key = Buffer.from(`AWS4${secret}`);
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  return key;
}

function encodeAll(query: Readonly<Record<string, string>>): string[] {
  return Object.entries(query).map(
    ([name, value]) => `${encodeForUrl(name)}=${encodeForUrl(value)}`,
  );
}

/** In the order of code units, which for the names of headers and parameters is that of bytes. */
function sortByName(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
