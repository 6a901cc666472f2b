import type { Server } from "node:http";
import type { Logger } from "pino";
import type { Activity, Measure } from "./measure.js";
import { createMetricsServer } from "./metrics-server.js";

/** Metrics that are counted, and shown once there is a server for them. */
export interface Metrics {
  measure: Measure;
  /** The server that shows them. It does not listen yet. */
  createServer(
    service: { findActivity(): Promise<Activity> },
    clients: Server,
    logger: Logger,
  ): Server;
}

/** Loads the Prometheus client, which nobody else needs. */
export async function openMetrics(): Promise<Metrics> {
  const { createPrometheus } = await import("./prometheus.js");
  const prometheus = createPrometheus();
  return {
    measure: prometheus.measure,
    createServer(service, clients, logger) {
      const scrape = async () =>
        prometheus.scrape(await service.findActivity(), await countConnections(clients));
      return createMetricsServer(scrape, logger);
    },
  };
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
