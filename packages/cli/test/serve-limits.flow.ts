import { DirectUploadClient } from "@clipcourier/core";
import { expect, test } from "vitest";
import { openIdle } from "../../../test/fixtures/open-idle.ts";
import { Cli, makeFolder, runCli } from "./run-cli.js";

/** Starts `serve` and returns where and as whom it is reached. */
async function startServe(args: string[], maxFiles?: number) {
  const cwd = await makeFolder();
  const cli = new Cli(["serve", "--port", "0", ...args], { cwd, maxFiles });
  await cli.waitFor("CLIPCOURIER_APP_SECRET");
  const read = (pattern: RegExp) => pattern.exec(cli.stdout)?.[1] ?? "";
  const baseUrl = read(/Clipcourier is up at (\S+)/);
  const appId = read(/APP_ID(?: = "|=)([^\s"]+)/);
  const appSecret = read(/APP_SECRET(?: = "|=)([^\s"]+)/);
  return { cli, baseUrl, rootUrl: `${baseUrl}v2.7/`, appId, appSecret };
}

test.each([
  [["--limits", "signInRate"], "names and numbers such as signInRate=5"],
  [["--limits", "other=5"], "other: There is no such limit, only signInRate"],
  [["--metrics", "65536"], "a port, or an address such as 127.0.0.1:9464"],
  [["--metrics", "http://a:1"], "a port, or an address such as 127.0.0.1:9464"],
  [["--limits", "bodyTimeout=0"], "bodyTimeout: It must be a number above 0, at most"],
  [["--trust-proxy", "proxy.example"], "--trust-proxy: invalid IP address: proxy.example"],
  [["--proxy-header", "a b"], '--proxy-header: "a b" is not the name of a header'],
])("%j is wrong use", async (args, message) => {
  const cwd = await makeFolder();
  const { code, stdout, stderr } = await runCli(["serve", "--port", "0", ...args], { cwd });
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(message);
});

test("--limits and --trust-proxy count sign-ins by the client that a proxy names", async () => {
  const args = ["--limits", "signInBurst=1,signInRate=0.01", "--trust-proxy"];
  const { rootUrl, cli } = await startServe([...args, "--proxy-header", "X-Real-IP"]);
  const tryAs = async (client: string) => {
    const headers = { "X-PV-Meta-App": "app_x", "X-Real-IP": client };
    const body = new URLSearchParams({ app_secret: "wrong" });
    return (await fetch(`${rootUrl}login/app`, { method: "POST", headers, body })).status;
  };
  expect([await tryAs("192.0.2.1"), await tryAs("192.0.2.1"), await tryAs("192.0.2.2")]).toEqual([
    401, 429, 401,
  ]);
  expect(cli.stderr).toContain('"address":"192.0.2.1"');
});

// Windows has no limit that a shell could set.
test.skipIf(process.platform === "win32")(
  "with 64 files that may be open, idle connections make a list wait and never fail",
  async () => {
    const { baseUrl, rootUrl, appId, appSecret, cli } = await startServe([], 64);
    await using client = new DirectUploadClient({ rootUrl, appId, appSecret, proxyEnv: {} });
    const { accessKey, accessToken } = await client.signIn();
    const list = () =>
      fetch(`${rootUrl}me/videoclips`, {
        headers: {
          "X-PV-Meta-App": appId,
          "X-Access-Key": accessKey,
          "X-Access-Token": accessToken,
          Connection: "close",
        },
      });
    const idle = await Promise.all(Array.from({ length: 80 }, () => openIdle(baseUrl)));
    const statuses = new Set<number>();
    // A connection may be cut off where there is not even a descriptor for a refusal.
    const listUntil = async (wanted: number) => {
      while (!statuses.has(wanted))
        await list().then(
          ({ status }) => statuses.add(status),
          () => {},
        );
    };
    await listUntil(503);
    for (const socket of idle) socket.destroy();
    await listUntil(200);
    expect([...statuses]).toEqual([503, 200]);
    expect(cli.stderr).toContain("connection refused");
    expect(cli.stderr).not.toContain("request crashed");
  },
);
