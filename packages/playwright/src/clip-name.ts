import { toSafeName } from "@clipcourier/recordings";
import type { FullProject, Suite, TestCase, TestResult } from "@playwright/test/reporter";

type NamedTest = Pick<TestCase, "titlePath" | "repeatEachIndex"> & {
  parent: Pick<Suite, "project">;
};

/** What tells a test from another one that would have the same name. */
interface Difference {
  /** Whether the file is named with its ending: `login.spec.ts`. */
  isFileWhole?: boolean;
  /** Which project of the config it is, from 1. */
  project?: number;
}

/**
 * The names of a run's tests for people: `intro › signs in [chromium]`. The same test has the same name in
 * every run, as long as the same other ones have it.
 */
export class TestNames {
  readonly #names = new Map<NamedTest, string>();

  /**
   * @param tests all of the run
   * @param projects those of the config, in its order
   */
  constructor(tests: readonly NamedTest[] = [], projects: readonly FullProject[] = []) {
    for (const same of group(tests, (test) => nameTest(test))) {
      const differences = same.length > 1 ? compare(same, projects) : [];
      for (const [index, test] of same.entries()) {
        this.#names.set(test, nameTest(test, differences[index]));
      }
    }
    for (const same of group(tests, (test) => this.#nameOf(test))) {
      for (const [index, test] of same.slice(1).entries()) {
        this.#names.set(test, `${this.#nameOf(test)} (test ${index + 2})`);
      }
    }
  }

  /** The name of an attempt at a test: `intro › signs in [chromium] (retry 1)`. */
  nameAttempt(test: NamedTest, { retry }: Pick<TestResult, "retry">): string {
    return `${this.#nameOf(test)}${retry > 0 ? ` (retry ${retry})` : ""}`;
  }

  #nameOf(test: NamedTest): string {
    return this.#names.get(test) ?? nameTest(test);
  }
}

function nameTest(test: NamedTest, { isFileWhole = false, project }: Difference = {}): string {
  // The root, the project, the file, then what the file has nested.
  const [, projectName = "", file = "", ...titles] = test.titlePath();
  const source = isFileWhole ? file : file.replace(/(\.(spec|test))?\.[cm]?[jt]sx?$/, "");
  const name = [...source.split(/[\\/]/), ...titles].join(" › ");
  const projects = [projectName, project === undefined ? "" : `project ${project}`].filter(Boolean);
  const details = [
    projects.length === 0 ? "" : ` [${projects.join(", ")}]`,
    test.repeatEachIndex > 0 ? ` (repeat ${test.repeatEachIndex})` : "",
  ].join("");
  return `${name}${details}`;
}

/** By which of file and project tests of one name differ. */
function compare(tests: readonly NamedTest[], projects: readonly FullProject[]): Difference[] {
  const all = tests.map((test) => {
    const project = test.parent.project();
    const [, , file] = test.titlePath();
    return { file, project: project === undefined ? 0 : projects.indexOf(project) + 1 };
  });
  const isFileWhole = new Set(all.map(({ file }) => file)).size > 1;
  const hasProjects = new Set(all.map(({ project }) => project)).size > 1;
  return all.map(({ project }) => ({ isFileWhole, ...(hasProjects && { project }) }));
}

/** Tests by their names, as these are in the name of a file. */
function group(
  tests: readonly NamedTest[],
  nameOf: (test: NamedTest) => string,
): readonly NamedTest[][] {
  return [...Map.groupBy(tests, (test) => toSafeName(nameOf(test))).values()];
}
