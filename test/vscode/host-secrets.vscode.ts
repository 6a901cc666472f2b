import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { echo, listTraces } from "../echo.ts";
import { rewriteAnswer } from "../faults/faults.ts";
import type { Rule } from "../faults/script.ts";
import { signLikeS3, storageSecrets } from "../presigned.ts";
import { useExtensionHost } from "./extension-host.ts";
import { type FrontedService, startFrontedService } from "./fronted-service.ts";
import { addFile } from "./workspace.ts";

const host = useExtensionHost();
const put = { method: "PUT" };
const plan = { method: "GET", path: /directupload/ };
const finalize = { method: "POST", path: /directupload/ };
const sign: Rule = { when: plan, times: Infinity, fault: rewriteAnswer(signLikeS3) };

/** Faults whose answers repeat everything that was in the request, and the expected outcome. */
const faults: [string, Rule[], string][] = [
  ["all is well after a retry", [{ when: put, fault: echo(503, "xml") }], "uploaded"],
  [
    "sign-in is refused",
    [{ when: { path: /login/ }, times: 9, fault: echo(401, "json") }],
    "unauthorized",
  ],
  ["the plan is refused", [{ when: plan, times: 9, fault: echo(403, "long json") }], "forbidden"],
  ["a part is refused", [{ when: put, times: 9, fault: echo(413, "xml") }], "rejected"],
  ["the clip fails", [{ when: finalize, times: 9, fault: echo(200, "clip") }], "clip_failed"],
];

test.each(faults)("%s: no secret is shown or written", async (what, rules, outcome) => {
  const service = await startFrontedService();
  const settings = await readSettingNames();
  await host.connect(service);
  service.front.script([...rules, sign]);
  const name = `${what.replaceAll(" ", "-")}.mp4`;
  const path = await addFile(host.folder, name, {});
  const report = await host.call("upload", [pathToFileURL(path).href]);
  const outcomes = report.clips.map((clip) => clip.outcome);
  const codes = report.failures.map(({ code }) => code);
  expect([...outcomes, ...codes]).toEqual([outcome]);

  await host.workbench.notifications.find(name);
  const shown = await host.workbench.notifications.readAll();
  // The log is written with a delay.
  const isLogged = async () => (await readUserData()).includes(`${name}: ${codes[0] ?? "clip"}`);
  await expect.poll(isLogged).toBe(true);
  const all = [JSON.stringify(report), ...shown, await readUserData()].join("\n");
  const secrets = listSecrets(service);
  // Besides the secrets of the app and the storage, there are the keys from signing in.
  expect(secrets.length > storageSecrets.length + 1).toBe(outcome !== "unauthorized");
  expect(secrets.flatMap(listTraces).filter((trace) => all.includes(trace))).toEqual([]);
  expect(await readSettingNames()).toEqual(settings);
});

/** The secrets that were sent to the service so far. */
function listSecrets({ appSecret, front }: FrontedService): string[] {
  const said = front.log.flatMap(({ headers, query }) => [
    headers["x-access-token"],
    headers["x-access-key"],
    query.get("signature"),
  ]);
  return [appSecret, ...storageSecrets, ...said.filter((one) => typeof one === "string")];
}

/** Everything that the editor has written: settings, logs, and the data of extensions. */
async function readUserData(): Promise<string> {
  const { userData } = host.editor;
  const entries = await readdir(userData, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) =>
    // Temporary files come and go.
    readFile(join(parentPath, name), "latin1").catch(() => ""),
  );
  return (await Promise.all(texts)).join("\n");
}

/** The names of all user and machine settings that are set. */
async function readSettingNames(): Promise<string[]> {
  const files = ["User", "Machine"].map((name) =>
    readFile(join(host.editor.userData, name, "settings.json"), "utf8").catch(() => "{}"),
  );
  return (await Promise.all(files)).flatMap((text) => Object.keys(JSON.parse(text)));
}
