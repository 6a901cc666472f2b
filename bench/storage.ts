import { join } from "node:path";
import type { FileSet } from "./files.ts";
import { startNullServer } from "./null-server.ts";
import type { Job } from "./peers/job.ts";
import type { Row, Scenario } from "./scenarios.ts";

/** Where one run goes: fresh, so that no run finds what another one left. */
interface Target {
  readonly job: Omit<Job, "files" | "verifyParts">;
  /** Ends it, and gives the server's CPU seconds where they can be told. */
  close(): Promise<number | undefined>;
}

/** What the runs of one scenario are sent to. */
export interface Storage extends AsyncDisposable {
  open(row: Row, files: FileSet, round: number): Promise<Target>;
}

/** The null server, started anew for each run. `folder` takes its certificate. */
export function nullStorage(transport: Scenario["transport"], folder: string): Storage {
  const certificate = transport === "tls" ? join(folder, "certificate.pem") : undefined;
  return {
    async open({ delayMs = 0, failPerMille = 0 }, _files, round) {
      const trust = certificate ? { certificate } : {};
      const server = await startNullServer({ ...trust, delayMs, failPerMille, seed: round });
      const s3 = {
        endpoint: server.origin,
        region: "us-east-1",
        accessKey: "null",
        secretKey: "null",
        bucket: "bench",
      };
      const putUrl = `${server.origin}/bench/`;
      const rootUrl = `${server.origin}/v2.7/`;
      return { job: { s3, putUrl, rootUrl, certificate }, close: () => server.stop() };
    },
    async [Symbol.asyncDispose]() {},
  };
}
