import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect as connectTo, type Socket } from "node:net";
import type { DirectUploadClient } from "@clipcourier/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect, md5Of } from "./processes/pair.ts";
import { ServeProcess } from "./processes/serve-process.ts";
import { makeFolder } from "./start-service.ts";
import { until } from "./until.ts";

async function startServe(...args: string[]): Promise<ServeProcess> {
  const { path } = await makeFolder();
  const service = await ServeProcess.start(["--folder", path, "--metrics", "0", ...args]);
  onTestFinished(() => service.kill());
  return service;
}

async function isReachable({ rootUrl }: ServeProcess): Promise<boolean> {
  return fetch(new URL("/healthz", rootUrl), { headers: { Connection: "close" } }).then(
    () => true,
    () => false,
  );
}

async function askReadiness({ rootUrl }: ServeProcess): Promise<number> {
  return (await fetch(new URL("/readyz", rootUrl))).status;
}

/** How many bytes of parts have arrived. */
async function countBytes(service: ServeProcess): Promise<number> {
  const url = /Metrics are at (\S+)/.exec(service.printed)?.[1] ?? "";
  const text = await (await fetch(url)).text();
  return Number(/^clipcourier_part_bytes_received_total (\d+)$/m.exec(text)?.[1]);
}

/** A part of which the first half has arrived. */
interface HalfPart {
  socket: Socket;
  /** What the service has answered. */
  read(): string;
  /** Sends the other half. */
  sendRest(): void;
  finalize(client: DirectUploadClient): Promise<string>;
}

async function sendHalf(service: ServeProcess): Promise<HalfPart> {
  const content = randomBytes(100_000);
  const client = connect(service, service.keys);
  const checksum = md5Of(content);
  const plan = await client.requestUpload({ checksum, size: content.length });
  if (plan.isKnown) throw new Error("The content is known.");
  const url = new URL(plan.urls[0]?.url ?? "");
  const socket = connectTo(Number(url.port), url.hostname);
  onTestFinished(() => void socket.destroy());
  let answer = "";
  socket.setEncoding("latin1").on("data", (text) => {
    answer += text;
  });
  const half = content.length / 2;
  const head = `PUT ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n`;
  socket.write(`${head}Content-Length: ${content.length}\r\n\r\n`);
  socket.write(content.subarray(0, half));
  await until(async () => (await countBytes(service)) === half);
  return {
    socket,
    read: () => answer,
    sendRest: () => void socket.write(content.subarray(half)),
    async finalize(next) {
      const etag = /\r\netag: (\S+)\r\n/i.exec(answer)?.[1] ?? "";
      const parts = [{ partNumber: 1, etag }];
      const clip = await next.finalize(checksum, parts);
      return (await next.waitUntilAvailable(clip.id)).status;
    },
  };
}

describe.each(["SIGTERM", "SIGINT"] as const)("after %s", (signal) => {
  test("a part that is being sent ends whole, nobody else is let in, and the code is 0", async () => {
    const service = await startServe();
    const part = await sendHalf(service);
    const { keys } = service;
    service.signal(signal);
    await until(async () => !(await isReachable(service)));
    expect(part.read()).toBe("");
    part.sendRest();
    await once(part.socket, "close");
    expect(part.read()).toMatch(/^HTTP\/1\.1 200 /);
    expect(await service.waitForEnd()).toBe(0);
    await service.run();
    expect(await part.finalize(connect(service, keys))).toBe("available");
  });
});

test("/readyz says first that it ends, and then a second signal ends it at once", async () => {
  const service = await startServe("--shutdown-delay", "24h");
  const { socket } = await sendHalf(service);
  expect(await askReadiness(service)).toBe(200);
  service.signal("SIGTERM");
  await until(async () => (await askReadiness(service)) === 503);
  expect(await isReachable(service)).toBe(true);
  const { headers } = await fetch(new URL("/healthz", service.rootUrl));
  expect(headers.get("connection")).toBe("close");
  await until(() => service.printed.includes("A second signal ends it at once."));
  const closed = once(socket, "close");
  socket.on("error", () => {});
  service.signal("SIGTERM");
  expect(await service.waitForEnd()).toBe(143);
  await closed;
});

test("a request that does not end is cut off when its time is over, and the code is 0", async () => {
  const service = await startServe("--shutdown-time", "100ms");
  const { socket, read } = await sendHalf(service);
  const closed = once(socket, "close");
  socket.on("error", () => {});
  service.signal("SIGTERM");
  await closed;
  expect(read()).not.toMatch(/^HTTP\/1\.1 200 /);
  expect(await service.waitForEnd()).toBe(0);
  expect(service.log.join("")).toContain("requests did not end in time");
});

test("a client goes on with its upload when the service is there again", async () => {
  const service = await startServe();
  const client = connect(service, service.keys);
  const content = randomBytes(30 * 1024 * 1024);
  let restarted: Promise<void> | undefined;
  const restart = async () => {
    await service.stop();
    await service.run();
  };
  const { clip } = await client.upload(content, {
    onProgress({ acknowledged }) {
      if (acknowledged > 0) restarted ??= restart();
    },
  });
  await restarted;
  expect(restarted).toBeDefined();
  const response = await fetch(clip.videoUrl ?? "");
  expect(md5Of(Buffer.from(await response.arrayBuffer()))).toBe(md5Of(content));
  expect(service.log.join("")).not.toMatch(/"level":[56]0/);
});
