import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { createMedia, type StartOptions, startService } from "@clipcourier/service";
import { onTestFinished } from "vitest";
import { groundOf } from "../../service/test/test-ground.ts";
import { createJsonLog } from "../src/serve/service-log.js";
import { makeFolder } from "./run-cli.js";

export interface TestService {
  rootUrl: string;
  appId: string;
  appSecret: string;
  /** The variables that lead the command line to it. */
  env: Record<string, string>;
}

/**
 * The real service on a real socket.
 *
 * @param looksInto whether it looks for pictures; otherwise it takes any bytes
 * @param media what looks into videos in place of that
 */
export async function startTestService({
  looksInto = false,
  // A busy machine keeps the time limit, too.
  media = looksInto ? createMedia({ timeLimit: 600_000 }) : null,
  accountLimits,
}: {
  looksInto?: boolean;
  media?: StartOptions["media"];
  accountLimits?: StartOptions["accountLimits"];
} = {}): Promise<TestService> {
  const service = await startService({
    ...groundOf(await makeFolder()),
    media,
    ...(accountLimits && { accountLimits }),
    logger: createJsonLog("silent"),
  });
  onTestFinished(() => service.close());
  const { appId, appSecret } = await service.accounts.createApp();
  const { rootUrl } = service;
  return { rootUrl, appId, appSecret, env: toVariables({ rootUrl, appId, appSecret }) };
}

export function toVariables(service: Omit<TestService, "env">): Record<string, string> {
  return {
    CLIPCOURIER_API_URL: service.rootUrl,
    CLIPCOURIER_APP_ID: service.appId,
    CLIPCOURIER_APP_SECRET: service.appSecret,
  };
}

/** A server of the test's own; `requests` are the method, path and body of what arrived. */
export async function startServer(
  answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
): Promise<{ rootUrl: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    answer(incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { rootUrl: `http://127.0.0.1:${port}/v2.7/`, requests };
}

/**
 * Hands a request on to the service, with the `Host` that the client named.
 *
 * @param body that of the request, where it was read already
 */
export function forward(
  rootUrl: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body: Readable = incoming,
): void {
  const { port } = new URL(rootUrl);
  const { method, url, headers } = incoming;
  const onward = request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  body.pipe(onward);
}
