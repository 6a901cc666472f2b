import { expect, test } from "vitest";
import { comparing } from "../../packages/service/test/compare-clips.ts";
import { isClean, secondSha, setUp } from "./comment-stage.ts";

test("two jobs whose files have one name are told apart by their folders, commit after commit", async () => {
  const { api, job, comment, push } = await setUp();
  const render = async (leg: string, content: string) => {
    await job.write("intro.mp4", content);
    const file = `results/matrix-${leg}/clips.json`;
    await comment({ comment: "false", "results-file": file });
  };
  await render("a", "rendered on a");
  await render("b", "rendered on b");
  const gather = { files: "", gather: "results/*/clips.json" };
  expect(await comment(gather)).toMatchObject(isClean);
  for (const leg of ["a", "b"]) {
    expect(api.comments[0]?.body).toContain(`<code>matrix-${leg}&#58; intro.mp4</code>`);
  }
  await render("b", "changed on b");
  expect(await comment(gather, push(secondSha))).toMatchObject(isClean);
  const rows = (api.comments[0]?.body ?? "").split("\n").filter((line) => line.includes("matrix-"));
  expect(rows.map((row) => /(un)?changed/.exec(row)?.[0])).toEqual(["unchanged", "changed"]);
});

test("what has changed is told where the service is named, and fails the step where that is asked for", async () => {
  const { asked, media } = comparing();
  const { api, job, comment, push } = await setUp({ media });
  const render = async (content: string) => {
    await job.write("intro.mp4", content);
    await comment({ comment: "false", "results-file": "results/linux.json" });
  };
  const gather = { files: "", gather: "results/*.json" };
  await render("rendered");
  expect(await comment(gather)).toMatchObject({ ...isClean, outputs: { "changed-count": "0" } });
  await render("changed");
  const boxes = { "compare-ignore": "0,0,10,10", "compare-tolerance": "2" };
  const step = await comment({ ...gather, ...boxes, "fail-on-change": "true" }, push(secondSha));
  expect(step).toMatchObject({ exitCode: 1, warnings: [], outputs: { "changed-count": "1" } });
  expect(step.errors[0]?.message).toContain("1 clip has changed.\nlinux: intro.mp4: Changed from");
  const [change] = JSON.parse(step.outputs.diff ?? "");
  expect(change).toMatchObject({ file: "linux: intro.mp4", verdict: "changed" });
  expect(api.comments[0]?.body).toContain(`<a href="${change.url}">Changed from 0&#58;05.0`);
  const box = { x: 0, y: 0, width: 10, height: 10, unit: "pixel" };
  expect(asked).toMatchObject([{ ignore: [box], tolerance: 2 }]);
});

test("without a service nothing is compared, and with keys that it refuses the log says so", async () => {
  const { asked, media } = comparing();
  const { api, job, comment, push } = await setUp({ media });
  const gather = { files: "", gather: "results/*.json" };
  const nowhere = { ...gather, "api-url": "", "app-id": "", "app-secret": "" };
  for (const [content, options] of [
    ["rendered", {}],
    ["changed", push(secondSha)],
  ] as const) {
    await job.write("intro.mp4", content);
    await comment({ comment: "false", "results-file": "results/linux.json" });
    const step = await comment(nowhere, options);
    expect(step).toMatchObject({ ...isClean, outputs: { "changed-count": "" } });
  }
  expect(api.comments[0]?.body).toMatch(/<br>changed \|/);
  const refused = await comment({ ...gather, "app-secret": "another" }, push(secondSha));
  expect(refused).toMatchObject({ ...isClean, outputs: { "changed-count": "0" } });
  expect(refused.log).toContain("The clips are not compared: ");
  const wanted = await comment({ ...nowhere, "fail-on-change": "true" }, push(secondSha));
  expect(wanted.errors[0]?.message).toContain("fail-on-change needs api-url with gather");
  expect(asked).toEqual([]);
});

test("a damaged or foreign file is a warning, and the others are reported", async () => {
  const { api, job, comment } = await setUp();
  await comment({ comment: "false", "results-file": "results/linux.json" });
  await job.write("results/half.json", '{"version":1,"clips":[{"fi');
  await job.write("results/package.json", '{"name":"intro"}');
  const step = await comment({ files: "", gather: "results/*.json" });
  expect(step).toMatchObject({ exitCode: 0, errors: [], openGroups: 0 });
  expect(step.warnings).toHaveLength(2);
  expect(step.warnings[0]?.message).toMatch(
    /^results\/half\.json cannot be read as a results file/,
  );
  expect(step.warnings[1]?.message).toMatch(/^results\/package\.json is not a results file/);
  expect(step.outputs).toMatchObject({ "uploaded-count": "1" });
  expect(api.comments[0]?.body).toContain("linux&#58;");
});

test("when all are damaged the step fails, with a line for each, and the comment says so", async () => {
  const { api, job, comment, push } = await setUp();
  await comment();
  await job.write("results/one.json", "{");
  await job.write("results/two.json", "[]");
  const step = await comment({ files: "", gather: "results/*.json" }, push(secondSha));
  expect(step).toMatchObject({ exitCode: 1, warnings: [], openGroups: 0 });
  expect(step.errors[0]?.message).toMatch(/results\/one\.json .*\nresults\/two\.json /);
  expect(api.comments[0]?.body).toContain("Nothing to show for bbbbbbb.");
});
