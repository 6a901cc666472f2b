import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Activity, Measure, Measured } from "./measure.js";

// Seconds: a call takes milliseconds, a part on a slow line minutes.
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const methods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]);

/** What a service does, in the terms of Prometheus. */
export interface Prometheus {
  measure: Measure;
  /**
   * Everything that was counted, with what is going on, as text, and its media type.
   *
   * @param connections how many connections of clients are open
   */
  scrape(activity: Activity, connections: number): Promise<{ text: string; type: string }>;
}

/** Counts what it is given, beside the process and Node. No label has values without bound. */
export function createPrometheus(): Prometheus {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const count = createCounters(registry);
  const show = createGauges(registry);
  return {
    measure: count,
    async scrape(activity, open) {
      show(activity, open);
      return { text: await registry.metrics(), type: registry.contentType };
    },
  };
}

function createCounters(registry: Registry): (measured: Measured) => void {
  const registers = [registry];
  const name = (end: string) => `clipcourier_${end}`;
  const requests = new Histogram({
    name: name("http_request_duration_seconds"),
    help: "From the headers of a request until its answer began, by the pattern of its route.",
    labelNames: ["method", "route", "status"],
    ...{ buckets, registers },
  });
  const counter = <T extends string>(end: string, help: string, labelNames: readonly T[] = []) =>
    new Counter({ name: name(end), help, labelNames, registers });
  const refused = counter("connections_refused_total", "Connections that were too many.");
  const partBytes = counter("part_bytes_received_total", "Bytes of parts that have arrived here.");
  const parts = new Gauge({
    ...{ name: name("parts_receiving"), help: "Parts that are arriving here.", registers },
  });
  const signIns = counter("sign_ins_total", "Sign-ins by their outcome.", ["how", "outcome"]);
  const clips = counter("clips_total", "Clips by what this process has made of them.", ["outcome"]);
  const comparisons = counter("comparisons_total", "Comparisons of clips by their outcome.", [
    "outcome",
  ]);
  const failures = counter("work_failures_total", "Work that failed and is tried again.", ["kind"]);
  const storeErrors = counter("store_errors_total", "Failed calls of the store.", ["operation"]);
  return (measured) => {
    switch (measured.event) {
      case "request": {
        const { method, route, status, seconds } = measured;
        const known = methods.has(method) ? method : "other";
        return requests.observe({ method: known, route, status }, seconds);
      }
      case "connection-refused":
        return refused.inc();
      case "part-begun":
        return parts.inc();
      case "part-ended":
        return parts.dec();
      case "part-bytes":
        return partBytes.inc(measured.bytes);
      case "sign-in":
        return signIns.inc({ how: measured.how, outcome: measured.outcome });
      case "clip":
        return clips.inc({ outcome: measured.outcome });
      case "comparison":
        return comparisons.inc({ outcome: measured.outcome });
      case "work-failed":
        return failures.inc({ kind: measured.kind });
      case "store-error":
        return storeErrors.inc({ operation: measured.operation });
    }
  };
}

function createGauges(registry: Registry): (activity: Activity, connections: number) => void {
  const registers = [registry];
  const gauge = <T extends string>(end: string, help: string, labelNames: readonly T[] = []) =>
    new Gauge({ name: `clipcourier_${end}`, help, labelNames, registers });
  const clients = gauge("connections", "Open connections of clients.");
  const uploads = gauge("uploads_open", "Uploads that are not finalized; counted up to 1,000.");
  const open = gauge("work_open", "Work that waits or is under way; counted up to 1,000.", [
    "kind",
  ]);
  const running = gauge("work_running", "Work that is under way in this process.", ["kind"]);
  return (activity, connections) => {
    clients.set(connections);
    // What is not known is left out: a number of an earlier scrape would be believed.
    uploads.remove();
    open.reset();
    if (activity.uploads !== null) uploads.set(activity.uploads);
    for (const [kind, work] of Object.entries(activity.work)) {
      running.set({ kind }, work.running);
      if (work.open !== null) open.set({ kind }, work.open);
    }
  };
}
