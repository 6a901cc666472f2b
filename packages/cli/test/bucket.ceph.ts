import {
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
} from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { createBucket } from "../../service/test/ceph-bucket.js";
import { type CliResult, makeFolder, runCli } from "./run-cli.js";

/** A new bucket, and `clipcourier bucket` with its keys. */
async function useBucket() {
  const { client, bucket, access } = await createBucket();
  onTestFinished(() => client.destroy());
  const cwd = await makeFolder();
  const { accessKeyId, secretAccessKey } = access.credentials;
  const run = (command: string, ...more: string[]): Promise<CliResult> =>
    runCli(
      [
        ...["bucket", command, `s3://${bucket}/team/videos`, "--path-style"],
        ...["--endpoint", access.endpoint, "--region", access.region, ...more],
      ],
      { cwd, env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } },
    );
  return { client, bucket, run, secretAccessKey };
}

test("setup makes the settings, keeps those of others, and check finds them", async () => {
  const { client, bucket, run, secretAccessKey } = await useBucket();
  const Bucket = bucket;
  const other = { ID: "other", Status: "Enabled" as const, Filter: { Prefix: "logs/" } };
  const Rules = [{ ...other, Expiration: { Days: 30 } }];
  await client.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
  );
  const before = await run("check", "--origin", "https://clips.example.com");
  expect(before).toMatchObject({ code: 0, stdout: "" });
  expect(before.stderr).toMatch(/open uploads +missing .*clipcourier bucket setup/);
  expect(before.stderr).toMatch(/CORS +missing .*--origin https:\/\/clips.example.com/);
  expect(before.stderr).toMatch(/conditions +ok/);
  expect(before.stderr).toMatch(/upload by URL +ok/);

  // Twice, because setting up again must change nothing.
  for (let round = 0; round < 2; round += 1) {
    const result = await run("setup", "--origin", "https://clips.example.com");
    expect(result.code, result.stderr).toBe(0);
    expect(result.stderr).toMatch(/open uploads +ok +dropped after 8 days; 1 other rules are kept/);
    expect(result.stderr).toMatch(/public access +ok +blocked; public ACLs are ignored/);
    const policy = JSON.parse(result.stdout);
    expect(policy.Statement[0].Resource).toBe(`arn:aws:s3:::${bucket}/team/videos/*`);
    expect(result.stdout + result.stderr).not.toContain(secretAccessKey);
  }

  const lifecycle = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  expect(lifecycle.Rules).toHaveLength(2);
  expect(lifecycle.Rules).toContainEqual(
    expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 8 } }),
  );
  const cors = await client.send(new GetBucketCorsCommand({ Bucket }));
  expect(cors.CORSRules).toHaveLength(1);
  const after = await run("check", "--origin", "https://clips.example.com");
  expect(after.stderr).toMatch(/open uploads +ok/);
  expect(after.stderr).toMatch(/CORS +ok/);
  expect((await client.send(new ListObjectsV2Command({ Bucket }))).Contents).toBeUndefined();
});

test("check fails where the service could not work, and says what to do", async () => {
  const { run } = await useBucket();
  const { code, stderr } = await run("check", "--public-endpoint", "http://127.0.0.1:9");
  expect(code).toBe(1);
  expect(stderr).toMatch(/upload by URL +failed .*127.0.0.1:9 does not answer; check the public/);
});

test("an address that is none is wrong use", async () => {
  const cwd = await makeFolder();
  const { code, stderr } = await runCli(["bucket", "check", "https://clips"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain("This is no address of a bucket");
});
