import { join } from "node:path";
import type { Command } from "../measure.ts";
import type { Job } from "./job.ts";

/** `@clipcourier/core` in a process of its own, with its defaults. */
export function clipcourier({ files, rootUrl, certificate, verifyParts }: Job): Command {
  const task = { rootUrl, verifyParts, paths: files.paths };
  return {
    program: process.execPath,
    args: [join(import.meta.dirname, "clipcourier-process.mjs"), JSON.stringify(task)],
    env: certificate ? { NODE_EXTRA_CA_CERTS: certificate } : {},
  };
}
