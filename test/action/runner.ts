import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { makeFolder } from "../start-service.ts";
import { actionDefinition, root } from "./action-definition.ts";
import { type Command, parseCommand, parseCommandFile } from "./commands.ts";

/** A job on a runner, with a workspace of its own. Its steps run one after another. */
export interface Job {
  /** `GITHUB_WORKSPACE`, in which steps start. */
  workspace: string;
  /** Writes a file into the workspace, and creates its folders. */
  write(name: string, content: string | Uint8Array): Promise<string>;
  /** Starts the action as the runner starts a `node24` action. */
  start(inputs: Record<string, string>, options?: StepOptions): Promise<RunningStep>;
  run(inputs: Record<string, string>, options?: StepOptions): Promise<StepResult>;
}

export interface StepOptions {
  env?: Record<string, string>;
  eventName?: string;
  event?: object;
  ref?: string;
  sha?: string;
  /** What `${{ github.token }}` stands for. */
  token?: string;
  /** Whether root gives up the right to read and to write everything. */
  asOwner?: boolean;
}

interface RunningStep {
  /** Resolves with the first line that matches. */
  waitFor(pattern: RegExp): Promise<string>;
  /**
   * Cancels as the runner does, with SIGINT. The SIGTERM and the end, which come 7.5 s and 10 s
   * later there, do not come here: a step that ends has obeyed the first.
   */
  cancel(): void;
  finished: Promise<StepResult>;
}

/** What the runner knows about a step that has ended. */
interface StepResult {
  exitCode: number | null;
  /** The log as it is shown: without commands, and with `***` instead of masked texts. */
  log: string;
  /** Everything that was printed, including secrets. */
  printed: string;
  commands: Command[];
  /** At most ten of each kind are kept. */
  errors: Command[];
  warnings: Command[];
  masks: string[];
  outputs: Record<string, string>;
  /** Without those that contain a masked text: the runner drops them. */
  jobOutputs: Record<string, string>;
  /** Empty when it is larger than the runner allows. */
  summary: string;
  openGroups: number;
}

const sha = "0123456789abcdef0123456789abcdef01234567";
const summaryLimit = 1024 * 1024;

/** Root without the right to read and to write everything. */
const asOwner = [
  "setpriv",
  ...["bounding-set", "inh-caps"].map((set) => `--${set}=-dac_override,-dac_read_search`),
];

/** @param repository the folder that has the action, as the runner has downloaded it */
export async function startJob(repository = root): Promise<Job> {
  if (!process.version.startsWith("v24.")) throw new Error(`node24, not ${process.version}`);
  const home = (await makeFolder()).path;
  const workspace = join(home, "work", "repo");
  await mkdir(workspace, { recursive: true });
  let steps = 0;
  const job: Job = {
    workspace,
    async write(name, content) {
      const path = join(workspace, name);
      await mkdir(join(path, ".."), { recursive: true });
      await writeFile(path, content);
      return path;
    },
    async start(inputs, options = {}) {
      steps += 1;
      const files = await makeStepFiles(join(home, `step-${steps}`), options.event ?? {});
      const env = {
        ...describeRun(home, workspace, files, options),
        ...nameInputs(inputs, options),
      };
      const main = join(repository, actionDefinition.runs.main);
      const isMighty = options.asOwner === true && process.getuid?.() === 0;
      const [program = "", ...args] = [...(isMighty ? asOwner : []), process.execPath, main];
      const child = spawn(program, args, { cwd: workspace, env });
      onTestFinished(() => void child.kill("SIGKILL"));
      return watch(child, files);
    },
    run: async (inputs, options) => (await job.start(inputs, options)).finished,
  };
  return job;
}

type StepFiles = Record<
  | "GITHUB_OUTPUT"
  | "GITHUB_STEP_SUMMARY"
  | "GITHUB_STATE"
  | "GITHUB_ENV"
  | "GITHUB_PATH"
  | "GITHUB_EVENT_PATH",
  string
>;

async function makeStepFiles(folder: string, event: object): Promise<StepFiles> {
  await mkdir(folder);
  const files = {
    GITHUB_OUTPUT: join(folder, "output"),
    GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
    GITHUB_STATE: join(folder, "state"),
    GITHUB_ENV: join(folder, "env"),
    GITHUB_PATH: join(folder, "path"),
    GITHUB_EVENT_PATH: join(folder, "event.json"),
  };
  for (const file of Object.values(files)) await writeFile(file, "");
  await writeFile(files.GITHUB_EVENT_PATH, JSON.stringify(event));
  return files;
}

function describeRun(home: string, workspace: string, files: StepFiles, options: StepOptions) {
  return {
    PATH: process.env.PATH ?? "",
    SYSTEMROOT: process.env.SYSTEMROOT ?? "",
    HOME: home,
    RUNNER_TEMP: home,
    ...{ CI: "true", GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: workspace },
    ...{ GITHUB_REPOSITORY: "octo/intro", GITHUB_RUN_ID: "77", GITHUB_ACTION: "clips" },
    GITHUB_SERVER_URL: "https://github.example",
    // Nothing listens here, so that a test without a stand-in cannot reach the real API.
    GITHUB_API_URL: "http://127.0.0.1:9",
    GITHUB_GRAPHQL_URL: "http://127.0.0.1:9/graphql",
    GITHUB_EVENT_NAME: options.eventName ?? "push",
    GITHUB_REF: options.ref ?? "refs/heads/main",
    GITHUB_SHA: options.sha ?? sha,
    ...files,
    ...options.env,
  };
}

/** The variable `INPUT_…` of every input in `action.yml`, with its default if the step sets none. */
function nameInputs(inputs: Record<string, string>, { token = "" }: StepOptions) {
  const unknown = Object.keys(inputs).filter((name) => !(name in actionDefinition.inputs));
  if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown.join(", ")}`);
  const pairs = Object.entries(actionDefinition.inputs).map(
    ([name, { default: fallback = "" }]) => {
      const value = inputs[name] ?? fallback.replace(/\$\{\{ github\.token \}\}/, token);
      return [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value];
    },
  );
  return Object.fromEntries(pairs);
}

function watch(child: ChildProcess, files: StepFiles): RunningStep {
  let printed = "";
  const lookers = new Set<() => void>();
  const take = (chunk: Buffer) => {
    printed += chunk.toString();
    for (const look of lookers) look();
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  const finished = new Promise<StepResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => {
      for (const look of lookers) look();
      readResult(exitCode, printed, files).then(resolve, reject);
    });
  });
  return {
    finished,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = printed.split("\n").find((each) => pattern.test(each));
          if (line === undefined && child.exitCode === null) return;
          lookers.delete(look);
          if (line !== undefined) resolve(line);
          else reject(new Error(`the step is over without ${pattern}:\n${printed}`));
        };
        lookers.add(look);
        look();
      }),
    cancel: () => void child.kill("SIGINT"),
  };
}

async function readResult(
  exitCode: number | null,
  printed: string,
  files: StepFiles,
): Promise<StepResult> {
  const lines = printed.split("\n");
  const commands = lines.flatMap((line) => parseCommand(line) ?? []);
  const named = (name: string) => commands.filter((command) => command.name === name);
  const masks = named("add-mask").map(({ message }) => message);
  const hide = (text: string) =>
    masks.reduce((hidden, mask) => hidden.replaceAll(mask, "***"), text);
  const outputs = parseCommandFile(await readFile(files.GITHUB_OUTPUT, "utf8"));
  const isTooLarge = (await stat(files.GITHUB_STEP_SUMMARY)).size > summaryLimit;
  return {
    ...{ exitCode, printed, commands, masks, outputs },
    log: hide(lines.filter((line) => parseCommand(line) === undefined).join("\n")),
    errors: named("error").slice(0, 10),
    warnings: named("warning").slice(0, 10),
    jobOutputs: Object.fromEntries(
      Object.entries(outputs).filter(([, value]) => !masks.some((mask) => value.includes(mask))),
    ),
    summary: isTooLarge ? "" : hide(await readFile(files.GITHUB_STEP_SUMMARY, "utf8")),
    openGroups: named("group").length - named("endgroup").length,
  };
}
