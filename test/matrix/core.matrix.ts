import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { minVersion, satisfies } from "semver";
import { describe, expect, test } from "vitest";
import manifest from "../../packages/core/package.json" with { type: "json" };
import { nodeVersions, provideNode } from "../provide-node.ts";
import { makeFolder, startTestService } from "../start-service.ts";

const run = promisify(execFile);
const core = fileURLToPath(new URL("../../packages/core", import.meta.url));
const vitest = join(
  dirname(createRequire(join(core, "package.json")).resolve("vitest/package.json")),
  "vitest.mjs",
);
const versions = Object.values(nodeVersions);
const engines = manifest.engines.node;

interface Outcome {
  passed: number;
  failures: string[];
}

/** Runs core's own suite under another Node, to its end or to the first failure. */
async function testCore(version: string, until: "end" | "failure" = "end"): Promise<Outcome> {
  const report = join((await makeFolder()).path, "core.json");
  // Its report for programs is that of core under the workspace's Node.
  const { CLIPCOURIER_REPORTS: _, ...env } = process.env;
  const bail = until === "failure" ? "--bail=1" : "--bail=0";
  const order = [vitest, "run", bail, "--reporter=json", `--outputFile=${report}`];
  const ended = await run(await provideNode(version), order, { cwd: core, env }).catch(
    (error: Error & { stderr: string }) => error,
  );
  const text = await readFile(report, "utf8").catch(() => {
    throw new Error(`The suite did not run on Node ${version}: ${ended.stderr}`);
  });
  return readOutcome(JSON.parse(text));
}

/** What is read of vitest's report. */
interface Report {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

function readOutcome({ testResults }: Report): Outcome {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.filter(({ status }) => status !== "passed");
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status !== "passed" && assertionResults.length === 0,
  );
  return {
    passed: tests.length - failed.length,
    failures: [
      ...failed.map(({ fullName, failureMessages: [why = ""] }) => `${fullName}: ${why}`),
      ...unloaded.map(({ name, message }) => `${name}: ${message}`),
    ],
  };
}

const admitted = versions.filter((version) => satisfies(version, engines));

// `pnpm test` is what runs it under the workspace's own Node.
test.each(admitted.filter((version) => version !== process.versions.node))(
  "Node %s passes core's own suite",
  async (version) => {
    const { passed, failures } = await testCore(version);
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(0);
  },
);

describe.each(admitted)("Node %s", (version) => {
  test("uploads with what is built", async () => {
    const { rootUrl, appId, appSecret } = await startTestService();
    // Large enough to be hashed in the worker, and for two parts.
    const file = await (await makeFolder()).write("intro.mp4", randomBytes(6 * 1024 * 1024));
    const options = JSON.stringify({ rootUrl, appId, appSecret, proxyEnv: {} });
    const program = `
      import { DirectUploadClient } from "@clipcourier/core";
      const { outcome } = await new DirectUploadClient(${options}).upload(process.argv[1]);
      console.log(process.versions.node, outcome);`;
    const order = ["--input-type=module", "--eval", program, file];
    const { stdout, stderr } = await run(await provideNode(version), order, { cwd: core });
    expect([stdout, stderr]).toEqual([`${version} uploaded\n`, ""]);
  });
});

test.each(versions.filter((version) => !satisfies(version, engines)))(
  "Node %s, which `engines` refuses, does not pass core's own suite",
  async (version) => {
    expect((await testCore(version, "failure")).failures).not.toEqual([]);
  },
);

test("the oldest versions that `engines` admits are among those that are tried", () => {
  const oldest = engines.split("||").map((range) => minVersion(range)?.version);
  expect(versions).toEqual(expect.arrayContaining(oldest));
});
