import { join } from "node:path";
import type { Command } from "../measure.ts";
import type { Job } from "./job.ts";

/** `@aws-sdk/lib-storage` in a process of its own, four parts at once. */
export function libStorage(partMebibytes: number): (job: Job) => Command {
  return ({ files, s3, certificate }) => {
    const task = { ...s3, partSize: partMebibytes * 1024 * 1024, paths: files.paths };
    return {
      program: process.execPath,
      args: [join(import.meta.dirname, "lib-storage-process.mjs"), JSON.stringify(task)],
      env: certificate ? { NODE_EXTRA_CA_CERTS: certificate } : {},
    };
  };
}
