import type { TestProject } from "vitest/node";
import type {} from "../../packages/service/test/ceph-bucket.ts";
import { startCeph } from "./ceph.ts";

/** Starts one engine for all files of the run, and ends it after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { endpoint, region, accessKey, secretKey, stop } = await startCeph();
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  project.provide("ceph", { endpoint, region, credentials });
  return stop;
}
