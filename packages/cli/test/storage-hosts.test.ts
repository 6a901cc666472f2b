import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { makeFolder, runCli } from "./run-cli.js";
import { forward, startServer, startTestService } from "./start-service.js";

/** A service that signs in properly, and plans one part for the given URL. */
async function startPlanningService(url: string) {
  const { env, rootUrl } = await startTestService();
  const front = await startServer((incoming, outgoing) => {
    if (incoming.url?.includes("/login/")) return forward(rootUrl, incoming, outgoing);
    const plan = { upload_id: "u", chunk_size: 5 * 1024 * 1024, urls: [{ PartNumber: 1, url }] };
    outgoing.writeHead(200, { "content-type": "application/json" });
    outgoing.end(JSON.stringify({ _count: 1, _upload: true, data: [plan] }));
  });
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "intro.mp4"), "a video");
  const run = (hosts?: string) =>
    runCli(["upload", "intro.mp4"], {
      cwd,
      env: {
        ...{ ...env, CLIPCOURIER_API_URL: front.rootUrl },
        ...(hosts !== undefined && { CLIPCOURIER_STORAGE_HOSTS: hosts }),
      },
    });
  return { front, run };
}

test("no part goes to where a cloud gives away the keys of a machine", async () => {
  const { front, run } = await startPlanningService("http://169.254.169.254/latest/?sig=s3cr3t");
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toContain(
    "intro.mp4: The service gave a plan that cannot be carried out: urls[0].url: it leads to " +
      "169.254.169.254, an address of this machine or of its network, and the service is elsewhere. " +
      "If the service is right, allow the host with allowedStorageHosts or, for the command line and " +
      "the action, CLIPCOURIER_STORAGE_HOSTS. Nothing was sent.",
  );
  expect(stderr).not.toContain("s3cr3t");
  expect(front.requests.filter((request) => !request.includes("/login/"))).toHaveLength(1);
});

test("where hosts are named, parts go to them alone", async () => {
  const storage = await startServer((incoming, outgoing) => {
    incoming.resume();
    outgoing.writeHead(403).end();
  });
  const { host } = new URL(storage.rootUrl);
  const { run } = await startPlanningService(`http://${host}/part`);
  const refused = await run("storage.example.com, 10.0.0.0/8");
  expect(refused.stderr).toContain(`${host}, which is not among the allowed storage hosts`);
  expect(storage.requests).toEqual([]);
  const allowed = await run(`storage.example.com, ${host}`);
  expect(allowed.code).toBe(1);
  expect(storage.requests).toContain("PUT /part");
});
