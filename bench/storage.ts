import { join } from "node:path";
import type { FileSet } from "./files.ts";
import { startNullServer } from "./null-server.ts";
import type { Job } from "./peers/job.ts";
import type { Row, Scenario } from "./scenarios.ts";

/** What one run uploads to. It is new for each run, so that no run finds the content of another. */
interface Target {
  readonly job: Omit<Job, "files" | "verifyParts">;
  /** Ends it, and returns the server's CPU seconds if they can be measured. */
  close(): Promise<number | undefined>;
}

/** The storage that the runs of one scenario upload to. */
export interface Storage extends AsyncDisposable {
  open(row: Row, files: FileSet, round: number): Promise<Target>;
}

/** The null server, started again for each run. Its certificate is written into `folder`. */
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
