import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readServeFile } from "../src/serve/config/read-serve-file.js";
import { flagOf, keyNames, keyOf, variableOf } from "../src/serve/config/serve-keys.js";
import { makeFolder, runCli } from "./run-cli.js";

const published = new URL("../dist/serve.schema.json", import.meta.url);
const page = fileURLToPath(new URL("../../../docs/self-hosting.md", import.meta.url));
const table = fileURLToPath(new URL("../../../docs/serve-settings.md", import.meta.url));

async function compileSchema() {
  const schema = JSON.parse(await readFile(published, "utf8"));
  return new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(schema);
}

async function isRead(text: string): Promise<boolean> {
  const file = path.join(await makeFolder(), "serve.yaml");
  await writeFile(file, text);
  return readServeFile(file).then(
    () => true,
    () => false,
  );
}

test("the published schema is the one that config schema prints", async () => {
  const { code, stdout } = await runCli(["config", "schema"], { cwd: await makeFolder() });
  expect(code).toBe(0);
  expect(stdout).toBe(await readFile(published, "utf8"));
});

test("the examples of the documentation are right, by the schema and for serve", async () => {
  const blocks = (await readFile(page, "utf8")).matchAll(/^```yaml\n(# serve\.yaml\n[^`]+)^```/gm);
  const examples = [...blocks].map(([, text = ""]) => text);
  expect(examples.length).toBeGreaterThan(0);
  const validate = await compileSchema();
  for (const text of examples) {
    validate(parse(text));
    expect([validate.errors, await isRead(text)]).toEqual([null, true]);
  }
});

test.each([
  ["port: 4280", true],
  ["port: -1", false],
  ["port: 65536", false],
  ["port: '4280'", false],
  ["publicUrl: https://clips.example.com/", true],
  ["publicUrl: clips.example.com", false],
  ["publicUrl: https://ann:secret@clips.example.com/", false],
  ["publicUrl: https://clips.example.com/?a=b", false],
  ["maxSize: 2GiB", true],
  ["maxSize: 1048576", true],
  ["maxSize: 2 furlongs", false],
  ["maxSize: 0", false],
  ["maxSize: 1.5", false],
  ["maxSize: '1.5'", false],
  ["maxSize: 1.5 GiB", true],
  ["trustProxy: []", false],
  ["mediaTime: 90s", true],
  ["mediaTime: 1.5h", true],
  ["mediaTime: 3 days", false],
  ["mediaLanes: 2", true],
  ["mediaLanes: 0", false],
  ["mediaLanes: 1.5", false],
  ["trustProxy: true", true],
  ["trustProxy: 2", true],
  ["trustProxy: loopback", true],
  ["trustProxy: [10.0.0.0/8, loopback]", true],
  ["trustProxy: [1]", false],
  ["trustProxy: { a: b }", false],
  ["embedFrom: []", true],
  ["embedFrom: none", true],
  ["embedFrom: 5", false],
  ["init: false", true],
  ["init: 0", false],
  ["metrics: 9464", true],
  ["metrics: '[::1]:9464'", true],
  ["metrics: 10.0.0.5:9464", true],
  ["metrics: 65536", false],
  ["metrics: http://a:9464", false],
  ["logLevel: debug", true],
  ["logLevel: loud", false],
  ["region: ''", false],
  ["limits: { signInRate: 0.5 }", true],
  ["limits: { signInRate: -1 }", false],
  ["limits: { signinRate: 1 }", false],
  ["limits: []", false],
  ["mediaTypes: [video/mp4, video/webm]", true],
  ["mediaTypes: []", false],
  ["retentionDays: 30", true],
  ["retentionDays: 30d", false],
  ["retentionDays: 36501", false],
  ["accounts: { acc_a: { clipsPerDay: 5, mediaTypes: video/mp4 } }", true],
  ["accounts: { acc_a: { private: true, privatePictures: shown } }", true],
  ["private: yes please", false],
  ["privatePictures: none", false],
  ["accounts: { acc_a: {} }", true],
  ["accounts: { acc_a: { port: 5 } }", false],
  ["accounts: { Team: {} }", false],
  ["accounts: [acc_a]", false],
  ["unknown: 1", false],
])("schema and serve agree about %j", async (text, isRight) => {
  const validate = await compileSchema();
  expect([validate(parse(text)), await isRead(text)]).toEqual([isRight, isRight]);
});

/** The page of all keys. `vitest run -u` writes it again. */
test("the documentation has a row for each key", async () => {
  const rows = keyNames.map((name) => {
    const { type, text, standard, shown = standard } = keyOf(name);
    const flag = `${standard === true ? flagOf(name).replace("--", "--no-") : flagOf(name)} ${type.argument ?? ""}`;
    const cells = [
      `\`${name}\``,
      `\`${flag.trim()}\``,
      `\`${variableOf(name)}\``,
      shown ?? "",
      text,
    ];
    return `| ${cells.map((cell) => String(cell).replaceAll("*", "\\*")).join(" | ")} |`;
  });
  const text = [
    "# Settings of `clipcourier serve`",
    "",
    "This page is made of the table that the command itself uses. How the file is written, and which",
    "setting wins, is told in [running a service](self-hosting.md#one-configuration-file).",
    "",
    "| key | flag | variable | default | |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ];
  await expect(text.join("\n")).toMatchFileSnapshot(table);
});
