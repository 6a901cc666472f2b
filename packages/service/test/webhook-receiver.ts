import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { onTestFinished } from "vitest";

export const webhookSecret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A real receiver of webhooks on loopback, which answers with these statuses and then with the last. */
export async function startReceiver(
  statuses: number[] = [204],
  headers: Record<string, string> = {},
) {
  const received: Received[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    received.push({ headers: request.headers, body });
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    response.writeHead(status ?? 204, headers).end();
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/hook?key=in-the-url`,
    received,
    connections: () => connections,
  };
}

/** What was sent, checked by the library of Standard Webhooks. */
export function verify({ body, headers }: Received, secret = webhookSecret) {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as {
    type: string;
    timestamp: string;
    data: Record<string, unknown>;
  };
}
