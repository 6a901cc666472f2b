import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type CypressEvents,
  type CypressRun,
  type CypressSpecResults,
  clips,
  createClipHandlers,
  type PluginOptions,
} from "@clipcourier/cypress";
import { readResultsFile } from "@clipcourier/report";
import { expect, onTestFinished, test, vi } from "vitest";
import { makePhoto, makePng } from "../fixtures/make-photo.ts";
import { makeFolder, startTestService, type TestService } from "../start-service.ts";

// Cypress itself downloads a browser when it is installed. What is played here is what its documentation says
// of `setupNodeEvents`, `after:spec` and `after:run`; cypress-types.heavy.ts checks it against its types.

/** What one spec leaves. */
interface Spec {
  relative: string;
  video?: string | null;
  screenshots?: readonly { path: string }[];
  failures?: number;
}

type Handlers = Partial<
  Record<"after:spec" | "after:run", (...args: never[]) => Promise<void> | void>
>;

/** A run of these specs, with what the plugin prints and throws. */
async function run(
  options: PluginOptions,
  specs: readonly Spec[],
  { projectRoot = "/project", isTextTerminal = true, end = { totalTests: 1 } as CypressRun } = {},
) {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  onTestFinished(() => write.mockRestore());
  const handlers: Handlers = {};
  const on = ((event: keyof Handlers, handler: Required<Handlers>[typeof event]) => {
    handlers[event] = handler;
  }) as CypressEvents;
  clips(on, { projectRoot, isTextTerminal }, options);
  for (const { relative, video = null, screenshots = [], failures = 0 } of specs) {
    const results: CypressSpecResults = { video, screenshots, stats: { failures } };
    await handlers["after:spec"]?.(...([{ relative }, results] as never[]));
  }
  const ended = Promise.resolve(handlers["after:run"]?.(...([end] as never[])));
  const error = await ended.then(
    () => undefined,
    (reason: Error) => reason,
  );
  write.mockRestore();
  return { output: lines.join(""), error, events: Object.keys(handlers) };
}

const keysOf = ({ rootUrl, appId, appSecret }: TestService) => ({
  ...{ apiUrl: rootUrl, appId, appSecret },
});

test("videos of specs are uploaded, and listed with those of failed ones first", async () => {
  const service = await startTestService();
  const folder = await makeFolder();
  const options = { ...keysOf(service), outputFile: "out/clips.json" };
  const specs = [
    { relative: "cypress/e2e/shop/cart.cy.ts", video: await folder.write("cart.mp4", "one") },
    { relative: "cypress/e2e/login.cy.js", video: await folder.write("b.mp4", "two"), failures: 1 },
    { relative: "cypress/e2e/no-video.cy.js" },
  ];
  const { output, error } = await run(options, specs, { projectRoot: folder.path });
  expect(error).toBeUndefined();
  const records = await readResultsFile(join(folder.path, "out/clips.json"));
  expect(records.map(({ file, outcome }) => [file, outcome])).toEqual([
    ["shop › cart.mp4", "uploaded"],
    ["login.mp4", "uploaded"],
  ]);
  const [cart, login] = records;
  expect(output).toBe(
    `2 videos of tests: 2 uploaded\n  failed  login.mp4\n    ${login?.url}\n  shop › cart.mp4\n    ${cart?.url}\n`,
  );
});

test("of failed specs alone, with their screenshots, where that is asked for", async () => {
  const service = await startTestService();
  const folder = await makeFolder();
  const picture = await folder.write("signs in (failed).png", await makePhoto("png"));
  const options = { ...keysOf(service), upload: "failed", screenshots: true } as const;
  const { output } = await run(options, [
    { relative: "cypress/e2e/a.cy.ts", video: await folder.write("a.mp4", "one") },
    { relative: "cypress/e2e/b.cy.ts", failures: 2, screenshots: [{ path: picture }] },
  ]);
  expect(output).toMatch(
    /^Recordings of tests: 1 photo: 1 uploaded\n {2}failed {2}b › signs in \(failed\)\.png\n/,
  );
  const { clips } = await service.connect().listClips();
  expect(clips).toMatchObject([{ filename: "b › signs in (failed).png", asset: "photo" }]);
});

test("screenshots of two folders have two names, with the folders below that of their spec", async () => {
  const service = await startTestService();
  const folder = await makeFolder();
  const take = async (name: string, width: number) => {
    await mkdir(join(folder.path, dirname(name)), { recursive: true });
    return { path: await folder.write(name, makePng(width, 48)) };
  };
  const screenshots = [
    await take("cypress/screenshots/shop/cart.cy.ts/a/full.png", 64),
    await take("cypress/screenshots/shop/cart.cy.ts/b/full.png", 65),
    // A handler of `after:screenshot` can move them.
    await take("elsewhere/moved.png", 66),
  ];
  const options = { ...keysOf(service), screenshots: true };
  const spec = { relative: "cypress/e2e/shop/cart.cy.ts", screenshots };
  await run(options, [spec], { projectRoot: folder.path });
  const { clips } = await service.connect().listClips();
  expect(clips.map(({ filename }) => filename).sort()).toEqual([
    "shop › cart › a › full.png",
    "shop › cart › b › full.png",
    "shop › cart › moved.png",
  ]);
});

test("specs whose files differ in their endings have two names, also where one runs alone", async () => {
  const service = await startTestService();
  const folder = await makeFolder();
  const [e2e, shop] = ["cypress/e2e", "cypress/e2e/shop"];
  await mkdir(join(folder.path, shop), { recursive: true });
  // What is beside a spec and imported by it is no other spec.
  const names = ["shop/cart.cy.js", "shop/cart.cy.ts", "shop/cart.ts", "login.cy.ts", "login.ts"];
  for (const name of names) await folder.write(`${e2e}/${name}`, "a file");
  const [first, second, third] = [
    { relative: `${shop}/cart.cy.js`, video: await folder.write("a.mp4", "one") },
    { relative: `${shop}/cart.cy.ts`, video: await folder.write("b.mp4", "two") },
    { relative: `${e2e}/login.cy.ts`, video: await folder.write("c.mp4", "three") },
  ];
  const options = { ...keysOf(service), outputFile: "clips.json" };
  const nameClips = async (specs: readonly Spec[]) => {
    await run(options, specs, { projectRoot: folder.path });
    const records = await readResultsFile(join(folder.path, "clips.json"));
    return records.map(({ file }) => file);
  };
  expect(await nameClips([first, second, third])).toEqual([
    ...["shop › cart.cy.js.mp4", "shop › cart.cy.ts.mp4", "login.mp4"],
  ]);
  expect(await nameClips([second])).toEqual(["shop › cart.cy.ts.mp4"]);
});

test("a video that another handler has removed is told", async () => {
  const service = await startTestService();
  const folder = await makeFolder();
  const video = await folder.write("a.mp4", "one");
  await rm(video);
  const { output } = await run(keysOf(service), [{ relative: "a.cy.ts", video }]);
  expect(output).toBe(
    `No clip of a: its video ${video} was removed before it could be uploaded.\n`,
  );
});

test("with failOnError the run fails where a video has no clip, and Cypress shows why", async () => {
  const service = await startTestService();
  const folder = await makeFolder();
  const options = { ...keysOf(service), appSecret: "wrong-secret", failOnError: true };
  const { output, error } = await run(options, [
    { relative: "a.cy.ts", video: await folder.write("a.mp4", "one") },
  ]);
  expect(error?.message).toContain("the option failOnError is set");
  expect(output).toContain("No clip of a.mp4: ");
  expect(output).not.toContain("wrong-secret");
});

test("without a service a line says so, and the run is as it was", async () => {
  const { output, error } = await run({ failOnError: true }, [{ relative: "a.cy.ts" }]);
  expect(output).toBe(
    "@clipcourier/cypress uploads nothing: no service is configured. Set CLIPCOURIER_API_URL.\n",
  );
  expect(error).toBeUndefined();
});

test("an option that there is not is named, and no handler fails", async () => {
  const { output, error } = await run({ upload: "retried" } as unknown as PluginOptions, [
    { relative: "a.cy.ts", video: "a.mp4" },
  ]);
  expect(output).toContain("uploads nothing: The option upload must be all or failed.\n");
  expect(error).toBeUndefined();
});

test("a run that failed to start waits for nothing", async () => {
  const folder = await makeFolder();
  const options = { apiUrl: "http://127.0.0.1:9/v2.7", appId: "app", appSecret: "s", waitAtEnd: 1 };
  const { output } = await run(
    options,
    [{ relative: "a.cy.ts", video: await folder.write("a.mp4", "one") }],
    { end: { status: "failed", message: "The browser has crashed." } },
  );
  expect(output).toContain("(the run was interrupted).\n");
});

test("where tests are looked at, as by cypress open, there is no handler", async () => {
  const { events, output } = await run({}, [], { isTextTerminal: false });
  expect(events).toEqual([]);
  expect(output).toBe("");
});

test("where tests are looked at, handlers in a config's own upload nothing and leave results as they are", async () => {
  const service = await startTestService();
  const folder = await makeFolder();
  const results = await folder.write("clips.json", "of the run before");
  const options = { ...keysOf(service), outputFile: results };
  const { afterSpec, afterRun } = createClipHandlers(
    { projectRoot: folder.path, isTextTerminal: false },
    options,
  );
  const video = await folder.write("a.mp4", "one");
  await afterSpec({ relative: "a.cy.ts" }, { video, screenshots: [], stats: { failures: 0 } });
  await afterRun({ totalTests: 1 });
  expect(await readFile(results, "utf8")).toBe("of the run before");
  expect((await service.connect().listClips()).clips).toEqual([]);
});
