import { describe, expect, test } from "vitest";
import { startProxy } from "../proxy.ts";
import {
  firstSha,
  isClean,
  pullEvent,
  secondSha,
  setUp,
  thirdSha,
  token,
} from "./comment-stage.ts";
import { apiEnv, makeComment, startGitHubApi } from "./github-api.ts";
import { inputsFor } from "./service-inputs.ts";

const mark = "<!-- clipcourier: clips -->";

describe("one comment for each key", () => {
  test("is created, then updated in place, with the clip linked", async () => {
    const { api, comment, push } = await setUp();
    const first = await comment();
    expect(first).toMatchObject(isClean);
    expect(api.comments).toHaveLength(1);
    const [url] = JSON.parse(first.outputs.urls ?? "");
    expect(
      api.comments[0]?.body.startsWith(`${mark}\n\n### Clips\n\n1 uploaded. For aaaaaaa.`),
    ).toBe(true);
    expect(api.comments[0]?.body).toContain(`<a href="${url}">`);
    expect(first.log).toContain("Comment created: https://github.example/c/1000");

    const second = await comment({}, push(secondSha));
    expect(second).toMatchObject(isClean);
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain("1 known. For bbbbbbb.");
    // After a create it looks for one that another run has created meanwhile.
    const [list, pull] = ["GET comments", "GET 7"];
    expect(api.requests.map(({ method, path }) => `${method} ${/\w+(?=\?|$)/.exec(path)}`)).toEqual(
      [list, pull, "POST comments", list, list, pull, "PATCH 1000"],
    );
  });

  test("is found on the third page", async () => {
    const { api, comment } = await setUp();
    for (let id = 0; id < 250; id++) api.comments.push(makeComment(id, `remark ${id}`, "ann"));
    api.comments[230] = makeComment(230, `${mark}\n\nold`);
    expect(await comment()).toMatchObject(isClean);
    expect(api.comments).toHaveLength(250);
    expect(api.comments[230]?.body).toContain("intro.mp4");
    expect(api.requests.filter(({ path }) => path.includes("/comments?"))).toHaveLength(3);
  });

  test("is separate from those with other keys", async () => {
    const { api, comment } = await setUp();
    await comment();
    await comment({ "comment-key": "nightly" });
    expect(api.comments.map(({ body }) => body.split("\n")[0])).toEqual([
      mark,
      "<!-- clipcourier: nightly -->",
    ]);
  });

  test("is never one that somebody else wrote", async () => {
    const { api, comment } = await setUp();
    api.comments.push(makeComment(1, `${mark}\n\nnot ours`, "mallory"));
    api.comments.push(makeComment(2, `> ${mark}`));
    expect(await comment()).toMatchObject(isClean);
    expect(api.comments.map(({ body }) => body.slice(0, 40))).toEqual([
      `${mark}\n\nnot ours`.slice(0, 40),
      `> ${mark}`,
      expect.stringContaining(mark),
    ]);
  });

  test("is a person's where the token is that person's", async () => {
    const { api, comment } = await setUp();
    api.tokenOwner = "ann";
    api.comments.push(makeComment(1, `${mark}\n\nold`, "ann"));
    expect(await comment()).toMatchObject(isClean);
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain("intro.mp4");
  });

  test("that is deleted meanwhile is created again", async () => {
    const { api, comment } = await setUp();
    api.comments.push(makeComment(1, `${mark}\n\nold`));
    const vanish = () => {
      api.comments.splice(0);
      return { status: 404, body: { message: "Not Found" } };
    };
    api.intercept = ({ method }) => (method === "PATCH" ? vanish() : undefined);
    expect(await comment()).toMatchObject(isClean);
    expect(api.comments.map(({ id }) => id)).toEqual([1000]);
  });
});

describe("a file that had a clip before", () => {
  test("is shown before and now when it changed, and said to be unchanged when it did not", async () => {
    const { api, job, comment, push } = await setUp();
    await job.write("outro.mp4", "the outro");
    const first = await comment();
    const [oldUrl, sameUrl] = JSON.parse(first.outputs.urls ?? "");
    await job.write("intro.mp4", "another intro");
    const second = await comment({}, push(secondSha));
    const [newUrl] = JSON.parse(second.outputs.urls ?? "");
    const rows = (api.comments[0]?.body ?? "").split("\n").filter((line) => line.startsWith("|"));
    expect(rows[0]).toBe("| Before | Now | File |");
    expect(rows[2]).toMatch(
      new RegExp(
        `^\\| <a href="${oldUrl}">.* \\| <a href="${newUrl}">.*changed; .*compares no clips\\..*\\|$`,
      ),
    );
    expect(rows[3]).toMatch(new RegExp(`^\\|  \\| <a href="${sameUrl}">.*unchanged \\|$`));

    // A re-run of the same commit is compared with the same clips.
    const again = await comment({}, push(secondSha));
    expect(again).toMatchObject(isClean);
    expect(api.comments[0]?.body).toContain(`<a href="${oldUrl}">`);
    // The next commit is compared with this commit's clips.
    await comment({}, push(thirdSha));
    expect(api.comments[0]?.body).not.toContain(`<a href="${oldUrl}">`);
  });

  test("is compared with its last clip when it failed in between", async () => {
    const { api, job, comment, push } = await setUp();
    await comment();
    await job.write("intro.mp4", "");
    expect((await comment({}, push(secondSha))).exitCode).toBe(1);
    expect(api.comments[0]?.body).toContain("failed: <code>");
    await job.write("intro.mp4", "the intro");
    await comment({}, push(thirdSha));
    expect(api.comments[0]?.body).toContain("unchanged");
  });

  test("is new when somebody edited what the comment remembers", async () => {
    const { api, comment } = await setUp();
    api.comments.push(
      makeComment(1, `${mark}\n\n<!-- clipcourier-state: {"clips":[{"name":1}]} -->`),
    );
    expect(await comment()).toMatchObject(isClean);
    expect(api.comments[0]?.body).toContain("1 uploaded");
  });
});

test("the comment goes through a proxy in a form that curl takes", async () => {
  const { api, comment } = await setUp();
  const proxy = await startProxy();
  // Without a scheme.
  const env = { HTTP_PROXY: proxy.url.replace("http://", "") };
  expect(await comment({}, { env })).toMatchObject(isClean);
  expect(api.comments).toHaveLength(1);
  expect(proxy.seen).toContainEqual(expect.stringContaining(new URL(api.url).host));
});

test("an API whose variable is set and empty is that of github.com", async () => {
  const { comment } = await setUp();
  // It refuses every request, so that none gets there.
  const proxy = await startProxy("name:password");
  await comment({}, { env: { GITHUB_API_URL: "", HTTPS_PROXY: proxy.url } });
  expect(proxy.seen).toContain("CONNECT api.github.com:443");
});

test("GitHub Enterprise Server: the API below a path", async () => {
  const { job, service } = await setUp();
  const api = await startGitHubApi("/api/v3");
  api.pulls.push({ number: 7, head: "octo:patch", sha: firstSha });
  const step = await job.run(
    { files: "*.mp4", comment: "true", ...inputsFor(service) },
    { event: pullEvent(firstSha), token, env: apiEnv(api) },
  );
  expect(step).toMatchObject(isClean);
  expect(api.comments).toHaveLength(1);
});

// Windows has no such names.
test.skipIf(process.platform === "win32")("odd names change only their own row", async () => {
  const { api, job, comment, push } = await setUp();
  const odd = ["a](x)|<img>.mp4", "--> @octo.mp4", "new\nline.mp4", "`tick`.mp4"];
  for (const name of odd) await job.write(name, `video ${name}`);
  for (const sha of [firstSha, secondSha]) {
    expect(await comment({}, push(sha))).toMatchObject(isClean);
    const lines = (api.comments[0]?.body ?? "").split("\n");
    const rows = lines.filter((line) => line.startsWith("|"));
    expect(rows).toHaveLength(2 + 5);
    for (const row of rows) expect(row.split("|")).toHaveLength(4);
    expect(rows.join()).not.toMatch(/<img>|-->|[`@]/);
    expect(lines.at(-1)).toMatch(/^<!-- clipcourier-state: [^<>@#]* -->$/);
  }
  expect(api.comments).toHaveLength(1);
});
