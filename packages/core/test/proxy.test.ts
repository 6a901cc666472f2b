import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { isDirect } from "../src/http/no-proxy.js";
import { findProxy } from "../src/http/proxy.js";
import { createUndiciTransport } from "../src/http/undici-transport.js";
import { DirectUploadClient, DirectUploadError } from "../src/index.js";
import { startServer } from "./http-server.js";

const secure = new URL("https://clips.example.com/v2.7/");
const plain = new URL("http://clips.example.com/v2.7/");

// Each was compared with what curl 7.88 does.
describe("the forms of a proxy that curl takes", () => {
  test.each([
    ["http://proxy:3128", "http://proxy:3128"],
    ["proxy:3128", "http://proxy:3128"],
    ["HTTP://proxy:3128", "http://proxy:3128"],
    ["http://proxy:3128/path?x=1#y", "http://proxy:3128"],
    ["https://proxy:3128", "https://proxy:3128"],
    ["user:p%40ss@proxy:3128", "http://user:p%40ss@proxy:3128"],
    ["http://user@proxy:3128", "http://user:@proxy:3128"],
    ["http://:pass@proxy:3128", "http://:pass@proxy:3128"],
    ["http://us%3Aer:p%2Fw@proxy:3128", "http://us%3Aer:p%2Fw@proxy:3128"],
    ["http://user:p%zz@proxy:3128", "http://user:p%25zz@proxy:3128"],
    ["http://[::1]:3128", "http://[::1]:3128"],
    ["socks5://proxy:1080", "socks5://proxy:1080"],
    ["SOCKS5H://user:pass@proxy:1080", "socks5://user:pass@proxy:1080"],
  ])("%s", (value, url) => {
    for (const env of [{ HTTPS_PROXY: value }, { https_proxy: value }, { ALL_PROXY: value }]) {
      expect(findProxy(secure, env)?.url).toBe(url);
    }
    expect(findProxy(plain, { HTTP_PROXY: value })?.url).toBe(url);
  });

  test.each([
    ["//proxy:3128", "is not the URL of a proxy"],
    [":3128", "is not the URL of a proxy"],
    [" ", "is not the URL of a proxy"],
    [" http://proxy:3128", "is not the URL of a proxy"],
    ["http://proxy:port", "is not the URL of a proxy"],
    ["http://proxy:99999", "is not the URL of a proxy"],
    ["http://", "is not the URL of a proxy"],
    ["http:/proxy:3128", "is not the URL of a proxy"],
    ["http://a:1,http://b:2", "is not the URL of a proxy"],
    ["ftp://proxy:21", "names a ftp proxy, which is not supported"],
    ["socks4://proxy:1080", "names a socks4 proxy, which is not supported"],
    ["socks://proxy:1080", "names a socks proxy, which is not supported"],
    ["pac+http://proxy/x.pac", "names a pac+http proxy, which is not supported"],
  ])("%j is refused, and its variable is named", (value, problem) => {
    for (const name of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"]) {
      expect(() => findProxy(secure, { [name]: value })).toThrow(`${name} ${problem}`);
    }
  });

  test("a refused value is not repeated, since it may hold a password", () => {
    expect(() => findProxy(secure, { HTTPS_PROXY: "ftp://user:s3cret@proxy" })).not.toThrow(
      "s3cret",
    );
  });

  test.each([
    [secure, { HTTP_PROXY: "a:1" }, undefined],
    [plain, { HTTPS_PROXY: "a:1" }, undefined],
    [secure, { HTTPS_PROXY: "" }, undefined],
    [secure, { https_proxy: "", HTTPS_PROXY: "a:1" }, "http://a:1"],
    [secure, { https_proxy: "b:1", HTTPS_PROXY: "a:1" }, "http://b:1"],
    [secure, { HTTPS_PROXY: "", all_proxy: "c:1" }, "http://c:1"],
    [secure, { HTTPS_PROXY: "a:1", NO_PROXY: "example.com" }, undefined],
    [secure, { HTTPS_PROXY: "a:1", no_proxy: "", NO_PROXY: "example.com" }, undefined],
    [secure, { HTTPS_PROXY: "a:1", no_proxy: "other", NO_PROXY: "example.com" }, "http://a:1"],
  ])("%s with %j goes through %s", (url, env, proxy) => {
    expect(findProxy(url, env)?.url).toBe(proxy);
  });
});

describe("NO_PROXY", () => {
  test.each([
    ["*", "http://example.com/"],
    ["other, *", "http://example.com/"],
    ["example.com", "http://example.com/"],
    ["example.com", "http://www.EXAMPLE.com/"],
    [".example.com", "http://example.com/"],
    ["*.example.com", "http://www.example.com/"],
    ["example.com.", "http://example.com/"],
    ["foo example.com", "http://example.com/"],
    ["foo,,example.com", "http://example.com/"],
    ["example.com:8443", "http://example.com:8443/"],
    ["example.com:443", "https://example.com/"],
    ["127.0.0.8", "http://127.0.0.8/"],
    ["127.0.0.0/8", "http://127.0.0.8/"],
    ["127.0.0.8/32", "http://127.0.0.8:81/"],
    ["::1", "http://[::1]/"],
    ["[::1]", "http://[::1]/"],
    ["[::1]:8443", "http://[::1]:8443/"],
    ["0:0:0:0:0:0:0:1", "http://[::1]/"],
    ["fd00::/8", "http://[fd12::7]/"],
  ])("%s: %s is reached directly", (noProxy, url) => {
    expect(isDirect(new URL(url), noProxy)).toBe(true);
  });

  test.each([
    [undefined, "http://localhost/"],
    ["", "http://localhost/"],
    ["example.com", "http://notexample.com/"],
    ["*.example.com", "http://example.com/"],
    ["example.com:443", "http://example.com:8443/"],
    ["127.0.0", "http://127.0.0.8/"],
    ["0.0.8", "http://127.0.0.8/"],
    ["127.0.0.8/33", "http://127.0.0.8/"],
    ["10.0.0.0/8", "http://127.0.0.8/"],
    ["127.0.0.0/8", "http://name.test/"],
    ["foo;example.com", "http://example.com/"],
  ])("%s: %s goes through the proxy", (noProxy, url) => {
    expect(isDirect(new URL(url), noProxy)).toBe(false);
  });
});

async function listen(handle: (socket: Socket) => void): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function send(url: string, proxy: string) {
  const env = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
  const transport = createUndiciTransport({ proxyEnv: env });
  onTestFinished(() => transport.close?.());
  return transport.send({ method: "GET", url, headers: {} });
}

/** A SOCKS5 proxy as in RFC 1928 and 1929, for host names only. */
function serveSocks(socket: Socket): void {
  const replies: ((data: Buffer) => void)[] = [
    () => socket.write(Buffer.from([5, 2])),
    (data) => {
      const isRight = data.toString("latin1").endsWith("s3cret");
      socket.write(Buffer.from([1, isRight ? 0 : 1]));
    },
    (data) => {
      const target = connect(data.readUInt16BE(data.length - 2), "127.0.0.1", () => {
        socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
        socket.pipe(target).pipe(socket);
      });
      target.on("error", () => socket.destroy());
    },
  ];
  socket.on("error", () => {});
  const next = () =>
    socket.once("data", (data) => {
      replies.shift()?.(data);
      if (replies.length > 0) next();
    });
  next();
}

describe("a request through a proxy", () => {
  test("a SOCKS5 proxy is used, with user and password", async () => {
    await using server = await startServer((_, response) => response.end("there"));
    const proxy = await listen(serveSocks);
    const { port } = new URL(server.origin);
    const answer = await send(`http://localhost:${port}/`, `socks5://user:s3cret@${proxy}`);
    expect(answer).toMatchObject({ status: 200, body: "there" });
  });

  test.each(["http", "https"])(
    "an unreachable proxy is named, without its password (%s)",
    async (scheme) => {
      const sending = send(`${scheme}://clips.example.com/`, "http://user:s3cret@127.0.0.1:9");
      await expect(sending).rejects.toMatchObject({ code: "network" });
      await expect(sending).rejects.toThrow(
        "The connection to clips.example.com through the proxy http://127.0.0.1:9 failed (ECONNREFUSED)",
      );
      await expect(sending).rejects.not.toThrow("s3cret");
    },
  );

  test.each([
    [407, "Check the user and the password in HTTPS_PROXY.", false],
    [403, "Ask whoever runs the proxy", false],
    [503, "Ask whoever runs the proxy", true],
  ])("a proxy that answers %i to CONNECT is named", async (status, remedy, retryable) => {
    const proxy = await listen((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`));
    });
    const sending = send("https://clips.example.com/", `http://user:s3cret@${proxy}`);
    const error = await sending.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DirectUploadError);
    expect(error).toMatchObject({ code: "network", retryable });
    const { message } = error as Error;
    expect(message).toContain(
      `The proxy http://${proxy} refused to connect to clips.example.com (${status})`,
    );
    expect(message).toContain(remedy);
  });

  test("close() ends a request whose proxy says nothing, and its connection", async () => {
    const arrived = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    const proxy = await listen((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => arrived.resolve()).resume();
      socket.once("close", () => left.resolve());
    });
    const client = new DirectUploadClient({
      ...{ rootUrl: "https://clips.example.com", appId: "app", appSecret: "s3cret" },
      proxyEnv: { HTTPS_PROXY: proxy },
    });
    const asking = client.getClip("c1");
    asking.catch(() => {});
    await arrived.promise;
    await client.close();
    await expect(asking).rejects.toThrow("The client was closed");
    await left.promise;
  });
});
