import { createHmac } from "node:crypto";
import { readSecret } from "./endpoints.js";

/** What is signed, as Standard Webhooks has it. */
export interface SignedMessage {
  id: string;
  /** Seconds since 1970. */
  timestamp: number;
  body: string;
}

/** The headers by which a receiver knows who has sent a message, and whether it has seen it before. */
export function signMessage(
  { id, timestamp, body }: SignedMessage,
  secret: string,
): Record<string, string> {
  const key = readSecret(secret);
  if (key === null) throw new Error("This is no secret for webhooks.");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${signature}`,
  };
}
