import { once } from "node:events";
import { createServer, request as requestHttp } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { onTestFinished } from "vitest";

export interface Proxy {
  url: string;
  /** `CONNECT host:port` of each tunnel, `PUT http://…` of each request that was handed on. */
  seen: string[];
}

/**
 * A real forward proxy: absolute URLs, and tunnels by CONNECT. It is gone after the test.
 *
 * @param password `name:password`, where it asks for one
 */
export async function startProxy(password?: string): Promise<Proxy> {
  const seen: string[] = [];
  const basic = `Basic ${Buffer.from(password ?? "").toString("base64")}`;
  const mayPass = (given: string | undefined) => password === undefined || given === basic;

  const server = createServer((request, response) => {
    const { method, url = "", headers } = request;
    seen.push(`${method} ${url}`);
    if (!mayPass(headers["proxy-authorization"])) return void response.writeHead(407).end();
    const outgoing = requestHttp(url, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response).catch(() => response.destroy());
    });
    pipeline(request, outgoing).catch(() => response.destroy());
    response.once("close", () => outgoing.destroy());
  });
  const tunnels = new Set<Socket>();
  server.on("connect", ({ url, headers }, socket: Socket, head) => {
    seen.push(`CONNECT ${url}`);
    if (!mayPass(headers["proxy-authorization"])) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const { hostname, port } = new URL(`http://${url}`);
    const target = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      target.write(head);
      pipeline(socket, target, socket).catch(() => target.destroy());
    });
    tunnels.add(socket);
    target.on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of tunnels) socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}
