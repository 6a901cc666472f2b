import type { FullProject } from "@playwright/test/reporter";
import { describe, expect, test } from "vitest";
import { TestNames } from "../src/clip-name.js";

interface Named {
  project?: FullProject | undefined;
  repeatEachIndex?: number;
}

const projectOf = (name: string) => ({ name }) as FullProject;
const chromium = projectOf("chromium");

function testOf(titles: string[], { project = chromium, repeatEachIndex = 0 }: Named = {}) {
  const titlePath = () => ["", project.name, ...titles];
  return { titlePath, repeatEachIndex, parent: { project: () => project } };
}

const attempt = (titles: string[], { retry = 0, ...test }: Named & { retry?: number } = {}) =>
  new TestNames().nameAttempt(testOf(titles, test), { retry });

describe("an attempt is named by", () => {
  test.each([
    [
      "its file, titles and project",
      attempt(["intro.spec.ts", "signs in"]),
      "intro › signs in [chromium]",
    ],
    ["its folders", attempt(["shop/cart.test.mts", "a", "b"]), "shop › cart › a › b [chromium]"],
    [
      "no project where it has no name",
      attempt(["a.spec.ts", "b"], { project: projectOf("") }),
      "a › b",
    ],
    ["its retry", attempt(["a.js", "b"], { retry: 2 }), "a › b [chromium] (retry 2)"],
    [
      "its repetition",
      attempt(["a.ts", "b"], { repeatEachIndex: 1 }),
      "a › b [chromium] (repeat 1)",
    ],
  ])("%s", (_, name, expected) => {
    expect(name).toBe(expected);
  });
});

describe("two tests that would have one name have", () => {
  const [desktop, mobile] = [projectOf("web"), projectOf("web")];
  const [first, second] = [projectOf(""), projectOf("")];

  test.each<[string, ReturnType<typeof testOf>[], string[]]>([
    [
      "their files with their endings",
      [testOf(["a/login.spec.ts", "opens"]), testOf(["a/login.test.ts", "opens"])],
      ["a › login.spec.ts › opens [chromium]", "a › login.test.ts › opens [chromium]"],
    ],
    [
      "them also where a folder is called as a file",
      [testOf(["login.spec.ts", "form", "opens"]), testOf(["login/form.spec.ts", "opens"])],
      ["login.spec.ts › form › opens [chromium]", "login › form.spec.ts › opens [chromium]"],
    ],
    [
      "the numbers of their projects where these have one name",
      [testOf(["a.ts", "b"], { project: desktop }), testOf(["a.ts", "b"], { project: mobile })],
      ["a › b [web, project 1]", "a › b [web, project 2]"],
    ],
    [
      "the numbers of their projects where these have none",
      [testOf(["a.ts", "b"], { project: first }), testOf(["a.ts", "b"], { project: second })],
      ["a › b [project 3]", "a › b [project 4]"],
    ],
    [
      "a number where nothing else tells them apart",
      [testOf(["a.ts", "b/c"]), testOf(["a.ts", "b:c"]), testOf(["a.ts", "d"])],
      ["a › b/c [chromium]", "a › b:c [chromium] (test 2)", "a › d [chromium]"],
    ],
    [
      "what they had where they are in projects with names",
      [testOf(["a.ts", "b"], { project: projectOf("one") }), testOf(["a.ts", "b"])],
      ["a › b [one]", "a › b [chromium]"],
    ],
  ])("%s", (_, tests, expected) => {
    const names = new TestNames(tests, [desktop, mobile, first, second]);
    expect(tests.map((one) => names.nameAttempt(one, { retry: 0 }))).toEqual(expected);
  });
});
