import { createAddressGuard } from "./address-guard.js";

/** What a webhook can tell. */
export const webhookEvents = ["clip.available", "clip.failed", "clip.deleted"] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** A receiver of webhooks. */
export interface WebhookEndpoint {
  /** What it is called in the log: up to 40 of `a-z`, `0-9` and `-`. */
  name: string;
  /** An http or https address. It is never logged, because some receivers have their secret in it. */
  url: string;
  /** Of Standard Webhooks: `whsec_` and 24 to 64 bytes in Base64. */
  secret: string;
  /** @default all */
  events?: readonly WebhookEvent[] | undefined;
  /**
   * The accounts whose clips it is told of.
   *
   * @default all
   */
  accounts?: readonly string[] | undefined;
}

export interface WebhookOptions {
  endpoints: readonly WebhookEndpoint[];
  /**
   * Addresses and networks that are sent to although they are not public, such as `10.1.2.3`,
   * `10.0.0.0/8` or `loopback`.
   *
   * @default none
   */
  allow?: readonly string[] | undefined;
}

/** @throws Error whose message begins with `webhooks: ` */
export function checkWebhooks({ endpoints, allow = [] }: WebhookOptions): void {
  try {
    createAddressGuard(allow);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`webhooks: allow: ${reason}`);
  }
  const names = new Set<string>();
  for (const { name, url, secret } of endpoints) {
    if (!/^[a-z0-9-]{1,40}$/.test(name)) {
      throw new Error("webhooks: a name is up to 40 small letters, digits and hyphens.");
    }
    const problem = findProblem(url, secret) ?? (names.has(name) ? "the name is taken" : null);
    if (problem !== null) throw new Error(`webhooks: ${name}: ${problem}.`);
    names.add(name);
  }
}

function findProblem(url: string, secret: string): string | null {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    return "the url is no http or https address";
  }
  return readSecret(secret) === null
    ? "the secret is not whsec_ and 24 to 64 bytes in Base64"
    : null;
}

/** The bytes of a secret; `null` where it is none. */
export function readSecret(secret: string): Buffer | null {
  const text = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  const bytes = Buffer.from(text ?? "", "base64");
  return bytes.length >= 24 && bytes.length <= 64 ? bytes : null;
}
