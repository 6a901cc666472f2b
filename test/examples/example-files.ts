import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../action/action-definition.ts";
import { ownAction, ownTag } from "./own-names.ts";

export interface Step {
  uses?: string;
  run?: string;
  id?: string;
  if?: string;
  with?: Record<string, unknown>;
  "timeout-minutes"?: number;
}

/** A workflow of GitHub's language, which Forgejo and Gitea speak too. */
export interface Workflow {
  name?: string;
  on: string[] | Record<string, unknown>;
  permissions?: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress"?: boolean | string };
  jobs: Record<
    string,
    { permissions?: Record<string, string>; "timeout-minutes"?: number; steps: Step[] }
  >;
}

const list = (folder: string) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);

/** The examples for CIs, by their paths from the root. */
export const examples = list("examples")
  .filter((path) => path.endsWith(".yml"))
  .sort();

/** Those that are for another CI than GitHub Actions, and use the command line. */
export const otherCiExamples = ["buildkite", "circleci", "forgejo", "gitlab-ci"].map(
  (name) => `examples/${name}.yml`,
);

/** Those that are for GitHub Actions, and use the action. */
export const githubExamples = examples.filter((path) => !otherCiExamples.includes(path));

/** The workflows that this repository itself runs. */
export const ownWorkflows = list(".github/workflows");

/** A file's text, by its path from the root. */
export const read = (path: string) => readFileSync(join(root, path), "utf8");

export function readWorkflow(path: string): Workflow {
  return parse(read(path));
}

export const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);

/** Whether a step uses the action of this repository. */
export const isOurs = ({ uses }: Step) => uses === `${ownAction}@${ownTag}` || uses === "./";
