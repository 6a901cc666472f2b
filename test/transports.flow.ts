import { randomBytes } from "node:crypto";
import {
  type ClientOptions,
  collectBody,
  type FetchFunction,
  type Transport,
} from "@clipcourier/core";
import { describe, expect, test, vi } from "vitest";
import { stopClock } from "./clock.ts";
import { makeAgent, makeProxyAgent } from "./dispatchers.ts";
import { requestExpired, slowDown } from "./faults/answers.ts";
import { answerEarly, answerWith, goSilent, resetMidBody } from "./faults/faults.ts";
import { startProxy } from "./proxy.ts";
import { download, partSize, startSpoiledService } from "./spoiled-service.ts";
import { awaitAnswers, until } from "./until.ts";

const bytes = randomBytes(partSize + 77);
const part1 = { method: "PUT", part: 1 };

/** A `Transport` of the caller's own, of the few lines that an adapter has. */
function makeOwnTransport(): Transport {
  return {
    async send({ url, method, headers, body, signal }) {
      const answer = await fetch(url, {
        ...{ method, headers, redirect: "manual" },
        body: body === undefined ? null : await collectBody(body),
        signal: signal ?? null,
      });
      const { status } = answer;
      return { status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
    },
  };
}

/** Every way to reach the network but the plain default, which all other tests go. */
const ways: [string, () => Partial<ClientOptions> | Promise<Partial<ClientOptions>>][] = [
  [
    "the default transport through a proxy",
    async () => ({ proxyEnv: { HTTP_PROXY: (await startProxy()).url } }),
  ],
  ["the global fetch", () => ({ fetch })],
  ["an undici Agent", () => ({ dispatcher: makeAgent() })],
  [
    "an undici ProxyAgent",
    async () => ({ dispatcher: makeProxyAgent({ uri: (await startProxy()).url }) }),
  ],
  ["a Transport of the caller's own", () => ({ transport: makeOwnTransport() })],
];

describe.each(ways)("%s", (_, choose) => {
  async function start() {
    const spoiled = await startSpoiledService();
    return { ...spoiled, client: spoiled.connect(await choose()) };
  }

  test("uploads, also where parts fail", async () => {
    const { client, front, parts } = await start();
    front.script([
      { when: { method: "PUT", part: 2 }, fault: answerWith(slowDown()) },
      { when: part1, fault: resetMidBody({ afterBytes: 300_000 }) },
    ]);
    const { clip, attempts } = await client.upload(bytes, { filename: "a b.webm" });
    expect(clip).toMatchObject({ filename: "a b.webm", mime: "video/webm" });
    expect((await download(clip.videoUrl)).equals(bytes)).toBe(true);
    expect([attempts, parts().length]).toEqual([4, 4]);
    const puts = front.log.filter(({ method }) => method === "PUT");
    for (const { headers } of puts) {
      expect(headers).toHaveProperty("content-length");
      expect(Object.keys(headers)).not.toContain("content-type");
      expect(Object.keys(headers)).not.toContain("expect");
      expect(Object.keys(headers).join()).not.toMatch(/x-(access|pv)/);
    }
  });

  test("uploads small content, and verified parts", async () => {
    const { client, front } = await start();
    const small = await client.upload(bytes.subarray(0, 1000));
    const verified = await client.upload(bytes, { verifyParts: true });
    expect(await download(small.clip.videoUrl)).toEqual(bytes.subarray(0, 1000));
    expect((await download(verified.clip.videoUrl)).equals(bytes)).toBe(true);
    const puts = front.log.filter(({ method }) => method === "PUT");
    expect(puts.map(({ headers }) => "content-md5" in headers)).toEqual([true, true, true]);
  });

  test("takes an early answer whose socket is held open", async () => {
    const { client, front, finalized } = await start();
    const fault = answerEarly(requestExpired(), { afterBytes: 100_000, socket: "hold" });
    front.script([{ when: part1, fault }]);
    const { clip } = await client.upload(bytes);
    expect((await download(clip.videoUrl)).equals(bytes)).toBe(true);
    expect(finalized()).toBe(1);
  });

  test("cuts a part that stalls", async () => {
    const { client, front, parts } = await start();
    front.script([{ when: { method: "PUT" }, fault: goSilent() }]);
    const clock = stopClock();
    const codes: string[] = [];
    // Small, because a transport that does not tell what has left gets time by the size.
    const uploading = client.upload(bytes.subarray(0, 1000), {
      stallTimeout: 30_000,
      waitFor: "finalized",
      onRetry: ({ reason }) => codes.push(reason.code),
    });
    await until(() => front.log.some(({ bytesReceived }) => bytesReceived === 1000));
    clock.turn(31_000);
    await uploading;
    expect(codes).toEqual(["stalled"]);
    expect(parts()).toHaveLength(2);
  });

  // How soon, the tests of the default transport say: here it is a library of the caller's choice.
  test("closes its sockets on an abort", async () => {
    const { client, front, finalized } = await start();
    front.script([{ when: part1, fault: goSilent() }]);
    const controller = new AbortController();
    const uploading = client.upload(bytes, { signal: controller.signal });
    uploading.catch(() => {});
    await until(() => front.log.some(({ status }) => status === "silent"));
    const inUse = () => front.log.filter(({ endedAt }) => endedAt === undefined).length;
    expect(inUse()).toBeGreaterThan(0);
    controller.abort();
    await expect(uploading).rejects.toMatchObject({ code: "aborted" });
    await until(() => inUse() === 0);
    expect(finalized()).toBe(0);
  });

  test("does not carry keys to where a redirect leads", async () => {
    const { client, front } = await start();
    const other = await startSpoiledService();
    const headers = { Location: `${other.rootUrl}me/videoclips` };
    front.script([{ when: { path: /videoclips/ }, fault: answerWith({ status: 302, headers }) }]);
    await expect(client.listClips()).rejects.toThrow("Redirects are not followed");
    expect(other.front.log).toEqual([]);
  });
});

test("a fetch that adds a header has it on every request, API and storage alike", async () => {
  const { connect, front } = await startSpoiledService();
  const addHeader: FetchFunction = (url, init) =>
    fetch(url, { ...init, headers: { ...init.headers, "x-editor": "1" } });
  await connect({ fetch: addHeader }).upload(bytes);
  expect(front.log.map(({ headers }) => headers["x-editor"])).toEqual(front.log.map(() => "1"));
});

test("of transport, dispatcher and fetch, the first given counts; closing leaves the caller's open", async () => {
  const { connect, service } = await startSpoiledService();
  const close = vi.fn();
  const transport = { ...makeOwnTransport(), close };
  const dispatcher = makeAgent();
  const refuse: FetchFunction = () => Promise.reject(new Error("not this one"));
  const first = connect({ transport, dispatcher, fetch: refuse });
  await first.listClips();
  await first.close();
  expect(close).not.toHaveBeenCalled();
  const second = connect({ dispatcher, fetch: refuse });
  await second.listClips();
  await second.close();
  await awaitAnswers(service);
  await connect({ dispatcher }).listClips();
});
