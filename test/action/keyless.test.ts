import { randomBytes } from "node:crypto";
import type { GitHubOptions } from "@clipcourier/service";
import { expect, test } from "vitest";
import { findFreePort } from "../../packages/service/test/free-port.ts";
import { IdTokenIssuer } from "../../packages/service/test/id-token-issuer.ts";
import { startTestService } from "../start-service.ts";
import { startJob } from "./runner.ts";

const account = "acc_octo";

/** A service that trusts a stand-in for GitHub's issuer, and a job that gets tokens from it. */
async function start(rules: GitHubOptions["rules"] = [{ repository: "octo/*", account }]) {
  const issuer = await IdTokenIssuer.start();
  const port = await findFreePort();
  const service = await startTestService(
    { port, publicUrl: `http://127.0.0.1:${port}`, github: { issuer: issuer.url, rules } },
    { appId: "github", appSecret: "" },
  );
  const job = await startJob();
  await job.write("intro.mp4", randomBytes(1000));
  const inputs = { files: "*.mp4", "api-url": service.rootUrl };
  const env = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.url}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: issuer.requestToken,
  };
  return { issuer, service, run: () => job.run(inputs, { env }) };
}

test("a job without any secret uploads, and its tokens are masked", async () => {
  const { issuer, service, run } = await start();
  const step = await run();
  expect(step).toMatchObject({ exitCode: 0, errors: [], outputs: { "uploaded-count": "1" } });
  expect(step.log).toContain(`Signed in at ${service.rootUrl} with the job's OIDC token`);
  expect(step.jobOutputs).toEqual(step.outputs);
  expect(issuer.issued).toHaveLength(1);
  for (const token of issuer.issued) expect(step.masks).toContain(token);
  // The OIDC token, the session's key and token, and the part's signature.
  expect(new Set(step.masks).size).toBe(4);
  const unmasked = step.printed.replace(/^::add-mask::.*$/gm, "");
  for (const mask of step.masks) expect(unmasked).not.toContain(mask);
});

test("a repository that no rule names is refused with one error", async () => {
  const { run } = await start([{ repository: "other/*", account }]);
  const step = await run();
  expect(step).toMatchObject({ exitCode: 1, outputs: { "failed-count": "1" } });
  expect(step.errors).toHaveLength(1);
  expect(step.errors[0]?.message).toContain("no rule of it names this run");
});

test("a runner that gives no token is reported", async () => {
  const { issuer, run } = await start();
  issuer.close();
  const step = await run();
  expect(step.exitCode).toBe(1);
  expect(step.errors[0]?.message).toContain("GitHub gave no OIDC token to sign in with");
});
