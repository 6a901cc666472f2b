import { expect, test } from "vitest";
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
