import type { TestStep } from "@playwright/test/reporter";
import { expect, test } from "vitest";
import { answerWith } from "../faults/faults.ts";
import { startSpoiledService } from "../spoiled-service.ts";
import { makeFolder } from "../start-service.ts";
import { keysOf, report } from "./report.ts";

/** A step, in milliseconds from the start of the test. */
function step(title: string, category: string, start: number, steps: TestStep[] = []): TestStep {
  const facts = { title, category, startTime: new Date(1e12 + start), duration: 100, steps };
  return facts as unknown as TestStep;
}

const opening = step("Before Hooks", "hook", 0, [step("Create page", "pw:api", 0)]);
const steps = [opening, step("fills the cart", "test.step", 2_000)];

test("a video whose chapters are refused is a clip all the same, and the reason is told", async () => {
  const { service, front, rootUrl } = await startSpoiledService();
  const folder = await makeFolder();
  const when = { path: /\/chapters$/ };
  front.script([{ when, times: Infinity, fault: answerWith({ status: 403 }) }]);
  const options = { ...keysOf(service), apiUrl: rootUrl, failOnError: true };
  const attempts = ["one", "two"].map(async (title) => ({
    ...{ title, steps },
    path: await folder.write(`${title}.webm`, title),
  }));
  const { end, output, results } = await report(options, await Promise.all(attempts));
  expect(front.log.filter(({ path }) => path.endsWith("/chapters"))).toHaveLength(2);
  expect(output).toContain("2 videos of tests: 2 uploaded\n");
  expect(output).toMatch(/^a › one\.webm: no chapters: .*403/m);
  expect(results.map(({ annotations }) => annotations.length)).toEqual([1, 1]);
  expect(end).toEqual({ status: "failed" });
});

test("the steps of a test are the chapters of its clip", async () => {
  const { service, rootUrl } = await startSpoiledService();
  const folder = await makeFolder();
  const path = await folder.write("one.webm", "one");
  const { output } = await report({ ...keysOf(service), apiUrl: rootUrl }, [
    { title: "one", steps, path },
  ]);
  expect(output).toContain("1 video of tests: 1 uploaded\n");
  const client = service.connect();
  const [{ id } = { id: "" }] = (await client.listClips()).clips;
  // The video begins when its page is there, after a tenth of a second.
  expect((await client.getClip(id)).chapters).toEqual([{ start: 1.9, title: "fills the cart" }]);
});
