import { readFile } from "node:fs/promises";
import * as v from "valibot";
import type { CommentRun } from "../../comment/order.js";
import type { Repository } from "./github-api.js";

type Environment = Readonly<Record<string, string | undefined>>;

const anyRepository = v.object({ full_name: v.string(), owner: v.object({ login: v.string() }) });

const runEvent = v.object({
  pull_request: v.optional(
    v.object({
      number: v.number(),
      head: v.optional(v.object({ sha: v.string() })),
      base: v.optional(v.object({ sha: v.string() })),
      /** Of head and base; on Gitea and Forgejo alone. */
      merge_base: v.optional(v.nullable(v.string())),
    }),
  ),
  issue: v.optional(v.object({ number: v.number(), pull_request: v.optional(v.unknown()) })),
  workflow_run: v.optional(
    v.object({
      /** Which event has started it. */
      event: v.optional(v.string()),
      head_branch: v.nullable(v.string()),
      head_sha: v.string(),
      /** `null` when the fork was deleted. */
      head_repository: v.optional(v.nullable(anyRepository)),
      /** Empty for pull requests from forks; others can be of another base repository. */
      pull_requests: v.optional(v.array(v.object({ number: v.number() }))),
      path: v.optional(v.string()),
      run_number: v.optional(v.number()),
      run_attempt: v.optional(v.number()),
    }),
  ),
});

/** The event that started a run, as far as it tells which pull request the run belongs to. */
export type RunEvent = v.InferOutput<typeof runEvent>;

/** The facts of a run of GitHub Actions. */
export interface RunContext {
  repository: Repository;
  ref: string;
  sha: string;
  /** Such as `pull_request`; empty where it is not known. */
  eventName: string;
  event: RunEvent;
  /** The run that made the clips: with `workflow_run` the one that triggered this one. */
  run: CommentRun | undefined;
}

/**
 * Reads the variables `GITHUB_*` and the file of the event.
 *
 * @returns `undefined` outside of GitHub Actions
 */
export async function readRunContext(env: Environment): Promise<RunContext | undefined> {
  const [owner, repo] = env.GITHUB_REPOSITORY?.split("/") ?? [];
  if (!owner || !repo) return undefined;
  const event = await readEvent(env.GITHUB_EVENT_PATH);
  return {
    repository: { owner, repo },
    ref: env.GITHUB_REF ?? "",
    sha: env.GITHUB_SHA ?? "",
    eventName: env.GITHUB_EVENT_NAME ?? "",
    event,
    run: event.workflow_run === undefined ? readRun(env) : readTrigger(event.workflow_run),
  };
}

async function readEvent(file: string | undefined): Promise<RunEvent> {
  if (!file) return {};
  try {
    const parsed = v.safeParse(runEvent, JSON.parse(await readFile(file, "utf8")));
    return parsed.success ? parsed.output : {};
  } catch {
    // Without its event, the run is looked up by its ref.
    return {};
  }
}

function readRun(env: Environment): CommentRun | undefined {
  const number = Number(env.GITHUB_RUN_NUMBER);
  if (!env.GITHUB_RUN_NUMBER || !Number.isInteger(number)) return undefined;
  // `octo/intro/.github/workflows/render.yml@refs/heads/main`
  const path = env.GITHUB_WORKFLOW_REF?.replace(/@.*$/, "").split("/").slice(2).join("/");
  const pipeline = path || env.GITHUB_WORKFLOW;
  const attempt = Number(env.GITHUB_RUN_ATTEMPT) || 1;
  return { ...(pipeline ? { pipeline } : {}), number, attempt };
}

function readTrigger(run: NonNullable<RunEvent["workflow_run"]>): CommentRun | undefined {
  const { run_number: number, run_attempt: attempt = 1 } = run;
  if (number === undefined) return undefined;
  const pipeline = run.path?.replace(/@.*$/, "");
  return { ...(pipeline ? { pipeline } : {}), number, attempt };
}
