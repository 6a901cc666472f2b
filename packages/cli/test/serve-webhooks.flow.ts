import { writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findFreePort } from "../../service/test/free-port.ts";
import { Cli, makeFolder, runCli } from "./run-cli.js";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const chat = { name: "chat", url: "http://127.0.0.1:9/hook?key=in-the-url" };

async function writeWebhooks(content: unknown): Promise<{ cwd: string; file: string }> {
  const cwd = await makeFolder();
  const file = path.join(cwd, "webhooks.json");
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  return { cwd, file };
}

test.each<[unknown, string]>([
  ["{", "is not valid JSON"],
  [{}, "endpoints is missing, unknown or of the wrong kind"],
  [{ endpoints: [{ ...chat, secret }] }, "endpoints.0.secret is missing, unknown"],
  [{ endpoints: [chat] }, "chat: it needs a secretFile or a secretVariable"],
  [{ endpoints: [{ ...chat, secretFile: "none" }] }, "none cannot be read (ENOENT)"],
  [{ endpoints: [{ ...chat, secretVariable: "NONE" }] }, "the variable NONE is not set"],
  [{ endpoints: [{ ...chat, secretVariable: "WRONG" }] }, "chat: the secret is not whsec_"],
  [{ endpoints: [], allow: ["10.0.0.0/99"] }, "allow: invalid"],
])("--webhooks with %j is wrong use, and nothing of it is shown", async (content, message) => {
  const { cwd, file } = await writeWebhooks(content);
  const args = ["serve", "--public-url", "https://clips.example.com", "--webhooks", file];
  const { code, stdout, stderr } = await runCli(args, { cwd, env: { WRONG: "wrong-secret" } });
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("--webhooks: ");
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/whsec_[A-Za-z0-9+/]{4}|wrong-secret|in-the-url/);
});

test("--webhooks needs the address of clips", async () => {
  const { cwd, file } = await writeWebhooks({ endpoints: [] });
  const { code, stderr } = await runCli(["serve", "--webhooks", file], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain("--webhooks needs --public-url");
});

test("--webhooks tells a receiver, with the secret of a file", async () => {
  const received = Promise.withResolvers<{ headers: IncomingHttpHeaders; body: string }>();
  const receiver = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    response.writeHead(204).end();
    received.resolve({ headers: request.headers, body });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void receiver.close());
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const { cwd, file } = await writeWebhooks({
    endpoints: [{ name: "chat", url, secretFile: "chat.secret" }],
    allow: ["127.0.0.1"],
  });
  await writeFile(path.join(cwd, "chat.secret"), `${secret}\n`);
  await writeFile(path.join(cwd, "a.mp4"), "this is no video at all");
  const port = String(await findFreePort());
  const publicUrl = `http://127.0.0.1:${port}/`;
  const args = ["serve", "--port", port, "--public-url", publicUrl, "--webhooks", file];
  const cli = new Cli(args, { cwd });
  await cli.waitFor("CLIPCOURIER_APP_SECRET");
  const names = ["API_URL", "APP_ID", "APP_SECRET"].map((name) => `CLIPCOURIER_${name}`);
  const read = (name: string) => new RegExp(`${name}(?: = "|=)([^\\s"]+)`).exec(cli.stdout)?.[1];
  const env = Object.fromEntries(names.map((name) => [name, read(name)]));
  await runCli(["upload", "a.mp4"], { cwd, env });
  const { headers, body } = await received.promise;
  expect(headers["webhook-signature"]).toMatch(/^v1,/);
  expect(JSON.parse(body).type).toMatch(/^clip\.(available|failed)$/);
  cli.send("SIGTERM");
  const { stderr, stdout } = await cli.end();
  expect(stderr + stdout).not.toContain(secret);
});
