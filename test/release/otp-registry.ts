import { once } from "node:events";
import { createServer, request as requestHttp } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { onTestFinished } from "vitest";
import { makeFolder } from "../start-service.ts";
import { describeHome, type Registry } from "./registry.ts";

/**
 * A registry that takes a package only with this one-time password, as npm's does, and is `registry`
 * in all else: Verdaccio knows no second factor. It is gone after the test. Returns what makes npm use it.
 */
export async function demandPassword(registry: Registry, password: string) {
  const server = createServer((request, response) => {
    const { method, url = "", headers } = request;
    if (method === "PUT" && headers["npm-otp"] !== password) {
      request.resume();
      response.writeHead(401, { "www-authenticate": "OTP", "content-type": "application/json" });
      response.end(JSON.stringify({ error: "You must provide a one-time pass." }));
      return;
    }
    const outgoing = requestHttp(new URL(url, registry.url), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response).catch(() => response.destroy());
    });
    pipeline(request, outgoing).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { path } = await makeFolder();
  return describeHome(path, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}
