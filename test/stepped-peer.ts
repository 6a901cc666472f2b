import type { DirectUploadClient } from "@clipcourier/core";
import { onTestFinished } from "vitest";
import { startFaultFront } from "./faults/fault-front.ts";
import { Gate, takeInSteps } from "./faults/gate.ts";
import { mebibyte } from "./spoiled-service.ts";
import { startStandIn } from "./stand-in.ts";

/** A peer that takes a part of 64 MiB, more than the sockets on the way take in, step by step. */
export interface SteppedPeer {
  rootUrl: string;
  /** Each passing lets the peer take 4 MiB. */
  gate: Gate;
  client: DirectUploadClient;
  /** What is to be uploaded: one part. */
  bytes: Buffer;
}

export async function startSteppedPeer(): Promise<SteppedPeer> {
  const bytes = Buffer.alloc(64 * mebibyte);
  const gate = new Gate();
  const standIn = await startStandIn({ chunkSize: bytes.length });
  onTestFinished(() => standIn[Symbol.asyncDispose]());
  const front = await startFaultFront({ upstream: new URL(standIn.rootUrl).origin });
  onTestFinished(() => front.close());
  front.script([
    { when: { method: "PUT" }, times: Infinity, fault: takeInSteps(gate, 4 * mebibyte) },
  ]);
  const rootUrl = `${front.origin}/v2.7/`;
  const client = standIn.connect({ rootUrl });
  onTestFinished(() => client.close());
  return { rootUrl: standIn.rootUrl, gate, client, bytes };
}
