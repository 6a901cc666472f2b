import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { DirectUploadClient } from "@clipcourier/core";
import { expect, onTestFinished, test } from "vitest";
import { readMemoryMebibytes } from "../../bench/process-facts.ts";
import { ServeProcess } from "../processes/serve-process.ts";
import { makeFolder } from "../start-service.ts";

async function start() {
  const folder = await makeFolder();
  const service = await ServeProcess.start(["--folder", `${folder.path}/clips`]);
  onTestFinished(() => service.stop());
  const client = new DirectUploadClient({
    ...{ rootUrl: service.rootUrl, proxyEnv: {} },
    ...service.keys,
  });
  onTestFinished(() => client.close());
  return { service, client };
}

/** Connections that ask for nothing, from as many addresses as one may have 250 of. */
async function openIdle(port: number, count: number): Promise<Socket[]> {
  const open = async (index: number) => {
    const localAddress = `127.0.${1 + Math.floor(index / 250)}.1`;
    const socket = connect({ host: "127.0.0.1", port, localAddress });
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => {});
    await once(socket, "connect");
    return socket;
  };
  const sockets: Socket[] = [];
  // In groups, so that the queue of the listening socket has room.
  for (let index = 0; index < count; index += 100) {
    const group = Array.from({ length: Math.min(100, count - index) }, (_, at) => open(index + at));
    sockets.push(...(await Promise.all(group)));
  }
  return sockets;
}

test("9,000 idle connections, and 1,000 of them with slow headers, do not keep an upload out", async () => {
  const { service, client } = await start();
  const before = readMemoryMebibytes(service.pid);
  const sockets = await openIdle(service.port, 9_000);
  const { clip } = await client.upload(randomBytes(1000), { filename: "a.mp4" });
  expect(clip.status).toBe("available");
  const more = readMemoryMebibytes(service.pid) - before;
  console.log(`9,000 idle connections: ${more.toFixed(0)} MiB more`);
  const slow = sockets.slice(0, 1_000);
  const closed = slow.map((socket) => socket.closed || once(socket.resume(), "close"));
  // Headers that never end, beside those that never began.
  for (const socket of slow) socket.write("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ");
  const beside = await client.upload(randomBytes(1000), { filename: "b.mp4" });
  expect(beside.clip.status).toBe("available");
  await Promise.all(closed);
  const after = await client.upload(randomBytes(1000), { filename: "c.mp4" });
  expect(after.clip.status).toBe("available");
  for (const socket of sockets) socket.destroy();
});

test("1,000 uploads at once are 1,000 clips", async () => {
  const { service, client } = await start();
  const before = readMemoryMebibytes(service.pid);
  const upload = (_: unknown, index: number) =>
    client.upload(randomBytes(1000), { filename: `${index}.mp4` });
  const results = await Promise.all(Array.from({ length: 1_000 }, upload));
  expect(new Set(results.map(({ clip }) => clip.id)).size).toBe(1_000);
  expect(new Set(results.map(({ clip }) => clip.status))).toEqual(new Set(["available"]));
  const { total } = await client.listClips({ count: 1 });
  expect(total).toBe(1_000);
  const more = readMemoryMebibytes(service.pid) - before;
  console.log(`1,000 uploads at once: ${more.toFixed(0)} MiB more`);
});

test("a clip that is deleted while it is downloaded is sent to its end, and gone then", async () => {
  const { client } = await start();
  const content = randomBytes(64 * 1024 * 1024);
  const { clip } = await client.upload(content, { filename: "long.mp4" });
  const answer = await fetch(clip.downloadUrl ?? "");
  const reader = answer.body?.getReader();
  if (!reader) throw new Error("There is no body.");
  const pieces: Uint8Array[] = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (pieces.length === 0) await client.deleteClip(clip.id);
    pieces.push(next.value);
  }
  expect(Buffer.concat(pieces).equals(content)).toBe(true);
  expect((await fetch(clip.downloadUrl ?? "")).status).toBe(404);
});
