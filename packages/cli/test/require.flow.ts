import { DirectUploadClient } from "@clipcourier/core";
import { connectGitHub } from "@clipcourier/report";
import { expect, test } from "vitest";
import { type ApiPull, startGitHubApi } from "../../../test/action/github-api.ts";
import { audience, startKeylessService } from "../../service/test/keyless-service.ts";
import { signIn } from "../../service/test/start-test-service.ts";
import { signInRun } from "../../service/test/statement-service.ts";
import { UploadClient } from "../../service/test/upload-client.ts";
import { findRequired } from "../src/evidence/require-clip.js";
import { makeFolder, runCli } from "./run-cli.js";
import { toVariables } from "./start-service.js";

const [head, merge, earlier] = ["a", "b", "c"].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
];
const ui = [{ filename: "docs/a.md" }, { filename: "src/ui/button.ts" }];
const ofPull = { ref: "refs/pull/7/merge", event_name: "pull_request" };

/** Pull request 7 of `octo/intro` at `head`, and a service whose account its jobs upload to. */
async function prepare(pull: Partial<ApiPull> = {}) {
  const github = await startGitHubApi();
  github.pulls.push({ number: 7, head: "octo:feature", sha: head, files: ui, ...pull });
  const keyless = await startKeylessService({ audience }, {});
  const server = new URL(keyless.issuer.url).host;
  const record = async (claims: object, text = "a recording") => {
    const job = await signInRun(keyless, { ...claims });
    return job.uploadAndSettle(Buffer.from(text));
  };
  const find = async (...paths: string[]) => {
    const { accessKey, accessToken } = (await signInRun(keyless)).session;
    const { rootUrl } = keyless.service;
    await using client = new DirectUploadClient({
      ...{ rootUrl, appId: "github", accessKey, accessToken, proxyEnv: {} },
    });
    const signal = new AbortController().signal;
    const access = { token: "ghs_stand-in-token", signal, onWait: () => {} };
    using api = connectGitHub({ rootUrl: github.url, ...access });
    const repository = { forge: "github" as const, api: github.url, path: "octo/intro" };
    return await findRequired(api, client, { paths, repository, server, number: 7 }, signal);
  };
  return { github, keyless, server, record, find };
}

test("no clip is needed where nothing below the paths has changed", async () => {
  const { find } = await prepare();
  expect(await find("src/api/**", "*.ts")).toMatchObject({ outcome: "unneeded", files: [] });
});

test("a clip of the newest commit is needed, and one of an earlier commit is not enough", async () => {
  const { find, record } = await prepare();
  const missing = { outcome: "missing", head, files: ["src/ui/button.ts"], others: [] };
  expect(await find("src/ui/**")).toMatchObject(missing);
  await record({ ...ofPull, sha: earlier });
  expect(await find("src/ui/**")).toMatchObject({ ...missing, others: [earlier] });
  const clip = await record({ sha: head }, "another recording");
  expect(await find("src/ui/**")).toMatchObject({
    outcome: "met",
    recordings: [{ clip: { id: clip.id }, run: { sha: head, repository: "octo/intro" } }],
  });
});

test("a clip of the test merge of the newest commit is one of that commit", async () => {
  const { find, record, github } = await prepare();
  await record({ ...ofPull, sha: merge });
  expect((await find("src/ui/**")).outcome).toBe("missing");
  github.commits[merge] = ["d".repeat(40), earlier];
  expect((await find("src/ui/**")).outcome).toBe("missing");
  // As the base of a merge it is what the pull request does not change.
  github.commits[merge] = [head, earlier];
  expect((await find("src/ui/**")).outcome).toBe("missing");
  github.commits[merge] = ["d".repeat(40), head];
  expect((await find("src/ui/**")).outcome).toBe("met");
});

test("a clip that was uploaded with a secret, or in another repository, is not enough", async () => {
  const { find, record, keyless } = await prepare();
  const client = new UploadClient(keyless.service, await signIn(keyless.service));
  await client.uploadAndSettle(Buffer.from("a recording"));
  await record({ sha: head, repository: "octo/other" }, "another recording");
  expect((await find("src/ui/**")).outcome).toBe("missing");
  // The test merge of another pull request says nothing of this one.
  await record({ ...ofPull, ref: "refs/pull/8/merge", sha: merge }, "a third");
  expect(await find("src/ui/**")).toMatchObject({ outcome: "missing", others: [] });
});

test("both names of a renamed file count, and so do files that are hidden or far down the list", async () => {
  const many = Array.from({ length: 250 }, (_, index) => ({ filename: `docs/${index}.md` }));
  const renamed = { filename: "lib/button.ts", previous_filename: "src/ui/button.ts" };
  const { find } = await prepare({ files: [...many, renamed, { filename: "src/ui/.env" }] });
  expect((await find("src/ui/**")).files).toEqual(["src/ui/button.ts", "src/ui/.env"]);
  expect((await find("lib/*")).files).toEqual(["lib/button.ts"]);
});

test("where the forge does not list all files, a clip is needed", async () => {
  const { find } = await prepare({ changedFiles: 3001 });
  expect(await find("src/api/**")).toMatchObject({ outcome: "missing", isCut: true, files: [] });
});

test("require fails with what to do, and passes with the address of the clip", async () => {
  const { github, keyless, record } = await prepare();
  const token = await keyless.issuer.sign(audience);
  const { rootUrl } = keyless.service;
  const { CLIPCOURIER_API_URL } = toVariables({ rootUrl, appId: "", appSecret: "" });
  const env = {
    ...{ CLIPCOURIER_API_URL, CLIPCOURIER_ID_TOKEN: token },
    ...{ GITHUB_TOKEN: "ghs_stand-in-token", GITHUB_API_URL: github.url, GITHUB_ACTIONS: "true" },
    ...{ GITHUB_SERVER_URL: keyless.issuer.url, GITHUB_REPOSITORY: "octo/intro" },
  };
  const cwd = await makeFolder();
  const line = ["require", "--pr", "7", "--path", "src/ui/**"];
  const missing = await runCli(line, { cwd, env });
  expect(missing.stderr).toContain(
    "There is no verified clip for aaaaaaa of pull request 7, which changes src/ui/button.ts. Upload a recording in a job of that commit that signs in with its ID token",
  );
  expect(missing.code).toBe(1);
  const clip = await record({ sha: head });
  const met = await runCli(line, { cwd, env });
  expect(met.stdout).toContain(clip.url);
  expect(met.code).toBe(0);
  expect(missing.stderr + met.stdout + met.stderr).not.toContain("ghs_stand-in-token");
});
