import { parse } from "yaml";
import type { Step } from "../examples/example-files.ts";

interface Job {
  environment?: string | { name: string };
  permissions?: Record<string, string> | string;
  "timeout-minutes"?: number;
  steps: (Step & { env?: Record<string, string> })[];
}

interface Workflow {
  on: string | string[] | Record<string, unknown>;
  permissions?: Record<string, string> | string;
  jobs: Record<string, Job>;
}

/** A workflow as a rule sees it. */
interface Seen {
  text: string;
  triggers: string[];
  workflow: Workflow;
  jobs: [name: string, job: Job][];
}

/** What a rule has to say against a workflow, a line for each place. */
type Rule = (seen: Seen) => string[];

const isCheckout = ({ uses = "" }: Step) => uses.startsWith("actions/checkout@");
const textOf = (job: Job) => JSON.stringify(job);
const stepsOf = ({ jobs }: Seen) =>
  jobs.flatMap(([name, { steps }]) => steps.map((step) => ({ name, step })));

/** What may be written in `run:` as it is: nothing that somebody else can choose. */
const ownExpression = /\$\{\{ *(?:matrix|runner)\.[\w.-]+ *\}\}/g;

/** For every workflow, also those that people copy. */
export const rulesForAll = {
  // It runs with the secrets of this repository, and a checkout there takes a stranger's code.
  "runs no stranger's code with the rights of the repository": ({ triggers, ...seen }) => [
    ...triggers.filter((trigger) => trigger === "pull_request_target"),
    ...(triggers.includes("workflow_run")
      ? stepsOf({ triggers, ...seen }).flatMap(({ name, step }) =>
          isCheckout(step) || step.run ? [`${name}: ${step.uses ?? step.run}`] : [],
        )
      : []),
  ],
  // A title or the name of a branch would be part of the script.
  "puts nothing that others choose into a script": (seen) =>
    stepsOf(seen).flatMap(({ name, step }) =>
      (step.run ?? "").replaceAll(ownExpression, "").includes("${{")
        ? [`${name}: ${step.run}`]
        : [],
    ),
  "says what it may do": ({ workflow, jobs }) =>
    [workflow, ...jobs.map(([, job]) => job)].flatMap(({ permissions }, index) =>
      typeof permissions === "string" || (index === 0 && !permissions) ? [String(permissions)] : [],
    ),
} satisfies Record<string, Rule>;

/** For the workflows that this repository runs. */
export const rulesForOwn = {
  "pins others' actions by commit, with the version": ({ text }) =>
    (text.match(/\buses: .*/g) ?? []).filter(
      (use) =>
        use !== "uses: ./" && !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(use),
    ),
  "may only read, unless a job says more": ({ workflow: { permissions } }) =>
    JSON.stringify(permissions) === '{"contents":"read"}' ? [] : [JSON.stringify(permissions)],
  "leaves no token in the checkout": (seen) =>
    stepsOf(seen).flatMap(({ name, step }) =>
      isCheckout(step) && step.with?.["persist-credentials"] !== false ? [name] : [],
    ),
  "gives every job a limit of time": ({ jobs }) =>
    jobs.flatMap(([name, job]) => (job["timeout-minutes"] ? [] : [name])),
  // An environment can ask for an approval, and limits the branches.
  "has secrets in environments alone": ({ jobs }) =>
    jobs.flatMap(([name, job]) =>
      /\bsecrets[.[]/.test(textOf(job)) && !job.environment ? [name] : [],
    ),
  // A cache could hold what another workflow's run has put there.
  "takes nothing from a cache into what is published": ({ text, jobs }) =>
    /\bpublish\b/.test(text)
      ? jobs.flatMap(([name, { steps }]) =>
          steps.some(
            ({ uses = "", with: inputs }) =>
              uses.startsWith("actions/cache@") ||
              (uses.startsWith("actions/setup-node@") &&
                inputs?.["package-manager-cache"] !== false),
          )
            ? [name]
            : [],
        )
      : [],
  // What npx gets today is what runs beside the secrets.
  "names an exact version of what npx gets, where it publishes": ({ text }) =>
    /\bpublish\b/.test(text)
      ? (text.match(/npx (?:-y |--yes )?\S+/g) ?? []).filter(
          (call) => !/@\d+\.\d+\.\d+$/.test(call),
        )
      : [],
  "installs nothing where it may write, but for the tools that publish the extension": ({ jobs }) =>
    jobs.flatMap(([name, { permissions = {}, steps }]) => {
      const mayWrite = Object.values(permissions).includes("write");
      const scripts = steps.map(({ run = "" }) => run).filter((run) => /\bnpx\b|\bnpm i/.test(run));
      const others = scripts.filter(
        (run) => !/ install --frozen-lockfile$| --filter clipcourier-vscode publish:/.test(run),
      );
      return mayWrite ? others.map((run) => `${name}: ${run}`) : [];
    }),
} satisfies Record<string, Rule>;

/** Every complaint of every rule, each with the rule's name. */
export function audit(text: string, rules: Record<string, Rule>): Record<string, string[]> {
  const workflow: Workflow = parse(text);
  const triggers =
    typeof workflow.on === "object" && !Array.isArray(workflow.on)
      ? Object.keys(workflow.on)
      : [workflow.on].flat();
  const seen = { text, triggers, workflow, jobs: Object.entries(workflow.jobs) };
  const complaints = Object.entries(rules).map(([name, rule]) => [name, rule(seen)] as const);
  return Object.fromEntries(complaints.filter(([, places]) => places.length > 0));
}
