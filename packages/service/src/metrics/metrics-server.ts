import { createServer, type Server } from "node:http";
import type { Logger } from "pino";
import { spareOpenAnswers } from "../http/idle-connections.js";

/**
 * Shows metrics at `/metrics`, and nothing else: a server of its own, so that the public address
 * never shows them. It does not listen yet.
 */
export function createMetricsServer(
  scrape: () => Promise<{ text: string; type: string }>,
  logger: Logger,
): Server {
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (!isRead || request.url?.split("?")[0] !== "/metrics") {
      response.writeHead(isRead ? 404 : 405).end("There is only GET /metrics.\n");
      return;
    }
    scrape().then(
      ({ text, type }) => response.writeHead(200, { "Content-Type": type }).end(text),
      (error: unknown) => {
        logger.error({ err: error }, "the metrics could not be collected");
        response.writeHead(500).end("The metrics could not be collected. The log says why.\n");
      },
    );
  });
  spareOpenAnswers(server);
  return server;
}
