import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeCertificate } from "../certificate.ts";
import { startSpoiledService } from "../spoiled-service.ts";
import { startTestService } from "../start-service.ts";
import { startJobWith } from "./job-with-clips.ts";
import { inputsFor, inputsThrough } from "./service-inputs.ts";

test("a key and a token that are refused are tried by the files under way, and reported once", async () => {
  const service = await startTestService();
  const job = await startJobWith(30);
  const pair = { "app-id": service.appId, "access-key": "key", "access-token": "token" };
  const step = await job.run({ files: "*.mp4", "api-url": service.rootUrl, ...pair });
  expect(step).toMatchObject({ exitCode: 1, outputs: { "failed-count": "1" } });
  expect(step.errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^clip-\d+\.mp4: Asking for upload URLs was answered with 401/),
    "1 of 30 files failed.",
  ]);
  expect(step.log).toContain("Clips: 1 failed, 29 skipped");
});

describe("nobody is signed in", () => {
  test("a wrong secret is reported once, and not shown", async () => {
    const service = await startTestService();
    const job = await startJobWith(3);
    const step = await job.run({
      files: "*.mp4",
      ...inputsFor(service),
      "app-secret": "wrong-secret",
    });
    expect(step.exitCode).toBe(1);
    expect(step.errors).toHaveLength(1);
    expect(step.errors[0]?.message).toMatch(
      /^3 of 3 files failed\. .*401.*Check the app id and the secret/s,
    );
    expect(step.outputs).toMatchObject({ "failed-count": "3", "clip-ids": "[]" });
    expect(step.printed.replace(/^::add-mask::.*$/gm, "")).not.toContain("wrong-secret");
  });

  test("without keys and without id-token: write, the error shows the two lines to add", async () => {
    const service = await startTestService();
    const job = await startJobWith(1);
    const step = await job.run({ files: "*.mp4", "api-url": service.rootUrl });
    expect(step.exitCode).toBe(1);
    expect(step.errors).toHaveLength(1);
    expect(step.errors[0]?.message).toContain("The permission id-token: write is missing.");
    expect(step.errors[0]?.message).toContain("\npermissions:\n  id-token: write\n");
    expect(step.outputs).toMatchObject({ "failed-count": "1" });
  });

  test("a service that is down", async () => {
    const service = await startTestService();
    await service.close();
    const job = await startJobWith(2);
    const step = await job.run({ files: "*.mp4", "max-attempts": "2", ...inputsFor(service) });
    expect(step.exitCode).toBe(1);
    expect(step.errors[0]?.message).toMatch(
      /The connection to 127\.0\.0\.1:\d+ failed \(ECONNREFUSED\)/,
    );
    expect(step.log).toMatch(/^Retry: signing in: try 1 of 2 failed: /m);
    expect(step.outputs).toMatchObject({ "failed-count": "2" });
    expect(step.openGroups).toBe(0);
  });

  test.each(["/", "/nowhere", "/nowhere/"])(
    "an address that lacks the version: %s",
    async (end) => {
      const service = await startTestService();
      const job = await startJobWith(1);
      const api = { ...inputsFor(service), "api-url": service.rootUrl.replace("/v2.7/", end) };
      const step = await job.run({ files: "*.mp4", ...api });
      expect(step.errors[0]?.message).toMatch(/^Signing in was answered with 404: /);
      expect(step.errors[0]?.message).toContain(
        `The URL lacks the version: the service answers at ${service.rootUrl}, so give that.`,
      );
    },
  );

  test("an address that is no service's, with nothing under it", async () => {
    const server = createServer((_, response) => void response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const keys = inputsFor({ rootUrl: `http://127.0.0.1:${port}`, appId: "a", appSecret: "none" });
    const step = await (await startJobWith(1)).run({ files: "*.mp4", ...keys });
    expect(step.errors[0]?.message).toBe(
      `Signing in was answered with 404. Check the URL: it ends with the service's version, as in http://127.0.0.1:${port}/v2.7/.`,
    );
  });

  test("a certificate that is not trusted names what the step can set, and that works", async () => {
    const tls = await makeCertificate();
    const spoiled = await startSpoiledService({}, { tls });
    const job = await startJobWith(1);
    const inputs = { files: "*.mp4", ...inputsThrough(spoiled) };
    const step = await job.run(inputs);
    expect(step.exitCode).toBe(1);
    expect(step.errors[0]?.message).toContain(
      "Set NODE_EXTRA_CA_CERTS to a file with the certificate of its authority (in a workflow: under env of the step)",
    );
    const file = await job.write("ca.pem", tls.cert);
    expect(await job.run(inputs, { env: { NODE_EXTRA_CA_CERTS: file } })).toMatchObject({
      ...{ exitCode: 0, outputs: { "uploaded-count": "1" } },
    });
  });
});
