import { writeFile } from "node:fs/promises";
import path from "node:path";
import { writeResultsFile } from "@clipcourier/report";
import { makeRecord } from "../../report/test/records.ts";
import { type CliResult, makeFolder, runCli } from "./run-cli.js";
import { startTestService } from "./start-service.js";

export const sha = "a".repeat(40);

/** A folder with the results of one file, and a damaged results file. */
export async function prepareFolder() {
  const cwd = await makeFolder();
  await writeResultsFile(path.join(cwd, "clips.json"), [makeRecord("intro.mp4", "one")]);
  await writeFile(path.join(cwd, "damaged.json"), "{");
  const comment = (args: readonly string[], env: Record<string, string>): Promise<CliResult> =>
    runCli(["comment", ...args], { cwd, env });
  return { cwd, comment };
}

/** The same with the results of an upload to the real service, and the page of the clip. */
export async function prepareUpload() {
  const { cwd, comment } = await prepareFolder();
  const { env } = await startTestService();
  await writeFile(path.join(cwd, "intro.mp4"), "video");
  const args = ["upload", "--quiet", "intro.mp4", "--output-file", "clips.json"];
  const { stdout } = await runCli(args, { cwd, env });
  return { cwd, comment, url: stdout.trim() };
}

/** The variables of a merge request's pipeline on GitLab. */
export function gitLabVariables(api: string): Record<string, string> {
  return {
    GITLAB_CI: "true",
    CI_API_V4_URL: api,
    CI_PROJECT_ID: "42",
    CI_PROJECT_PATH: "group/intro",
    CI_MERGE_REQUEST_IID: "7",
    CI_MERGE_REQUEST_PROJECT_ID: "42",
    CI_COMMIT_SHA: sha,
    CI_PIPELINE_IID: "12",
    CI_JOB_TOKEN: "glcbt-of-the-job",
  };
}
