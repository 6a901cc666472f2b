import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { TestProject } from "vitest/node";
import type {} from "../../packages/service/test/test-ground.ts";
import { startCeph } from "./ceph.ts";

/** Starts one engine with one bucket, in which each service of the run has a prefix of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { endpoint, region, accessKey, secretKey, stop } = await startCeph();
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const access = { endpoint, region, credentials, forcePathStyle: true };
  const client = new S3Client(access);
  await client.send(new CreateBucketCommand({ Bucket: "clips" }));
  client.destroy();
  project.provide("serviceBucket", { ...access, bucket: "clips" });
  return stop;
}
