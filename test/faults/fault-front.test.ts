import { request as requestTls, Agent as TlsAgent } from "node:https";
import { generate } from "selfsigned";
import { describe, expect, it } from "vitest";
import { startFaultFront } from "./fault-front.ts";
import { resetMidBody } from "./faults.ts";
import { body, md5, mebi, partPath, rawPut, useStage } from "./stage.ts";

const stage = useStage();

describe("without a script", () => {
  it("hands on method, path, query, headers and body byte for byte", async () => {
    const answer = await stage.now.putPart(1, {
      "X-PV-Meta-App": "app",
      "Content-MD5": md5(body, "base64"),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.etag).toBe(`"${md5(body)}"`);
    expect(stage.now.storedPart(1)?.equals(body)).toBe(true);
    const [seen] = stage.now.upstream.seen;
    expect(seen?.headers["x-pv-meta-app"]).toBe("app");
    expect(seen?.headers.host).toBe(new URL(stage.now.front.origin).host);
    expect(seen?.headers["content-length"]).toBe(String(body.length));
  });

  it("hands on chunked bodies, Expect and answers without a body", async () => {
    const text =
      "POST /finalize HTTP/1.1\r\nHost: front\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n";
    const answer = await stage.now.sendRaw(text, Buffer.from("5\r\nhello\r\n0\r\n\r\n"), (seen) =>
      seen.text.includes("size"),
    );
    expect(answer.text).toContain("100 Continue");
    expect(answer.text).toContain('"size":5');
    expect((await stage.now.send("HEAD", "/clip")).text).toBe("");
  });

  it("keeps connections, and logs what came without the query's signature in the path", async () => {
    await stage.now.putPart(1);
    await stage.now.putPart(2);
    expect(stage.now.front.log).toMatchObject([
      { method: "PUT", path: "/clip", part: 1, socket: 1, reusedSocket: false, status: 200 },
      { method: "PUT", path: "/clip", part: 2, socket: 1, reusedSocket: true, status: 200 },
    ]);
    expect(stage.now.front.log[0]).toMatchObject({
      bytesReceived: body.length,
      bodyComplete: true,
      upstreamStatus: 200,
      fault: undefined,
    });
    expect(stage.now.front.log[0]?.endedAt).toBeGreaterThan(
      stage.now.front.log[0]?.startedAt ?? Infinity,
    );
    expect(stage.now.front.openSockets).toBe(1);
  });

  it("resets the client's connection when the service is gone, and works when it is back", async () => {
    await stage.now.upstream.stop();
    await expect(stage.now.putPart(1)).rejects.toMatchObject({ code: "ECONNRESET" });
    stage.now.front.upstream = await stage.now.upstream.start();
    expect((await stage.now.putPart(1)).status).toBe(200);
  });

  it("lets the service see that a client left", async () => {
    const text = rawPut(body.length);
    await stage.now.sendRaw(text, body.subarray(0, mebi), () => stage.now.upstream.seen.length > 0);
    await expect.poll(() => stage.now.upstream.cutRequests).toBe(1);
    await expect.poll(() => stage.now.front.log[0]?.status).toBe("left");
  });
});

describe("over TLS", () => {
  it("forwards, resets beneath TLS, and counts connections", async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
      extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
    });
    await using tlsFront = await startFaultFront({
      upstream: stage.now.front.upstream,
      tls: { key, cert },
    });
    const tlsAgent = new TlsAgent({ keepAlive: true, ca: cert });
    const put = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const url = tlsFront.origin + partPath(1);
        const outgoing = requestTls(url, { method: "PUT", agent: tlsAgent }, (answer) => {
          answer.resume().once("end", () => resolve(answer.statusCode));
        });
        outgoing.on("error", reject);
        outgoing.end(body);
      });
    expect(await put()).toBe(200);
    expect(stage.now.storedPart(1)?.equals(body)).toBe(true);
    tlsFront.script([{ when: {}, fault: resetMidBody({ afterBytes: mebi }) }]);
    await expect(put()).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
    await expect.poll(() => stage.now.upstream.cutRequests).toBe(1);
    await expect.poll(() => tlsFront.openSockets).toBe(0);
    expect(await put()).toBe(200);
    expect(tlsFront.log.map(({ socket, status }) => [socket, status])).toEqual([
      [1, 200],
      [1, "reset"],
      [2, 200],
    ]);
    tlsAgent.destroy();
  });
});
