import { writeFile } from "node:fs/promises";
import path from "node:path";
import { UsageError } from "@clipcourier/batch";
import { expect, test } from "vitest";
import { checkServeSettings } from "../src/serve/config/check-settings.js";
import { flagOf, keyNames, keyOf, variableOf } from "../src/serve/config/serve-keys.js";
import { collectServeSettings } from "../src/serve/config/serve-settings.js";
import { describeFailure } from "../src/terminal/failure.js";
import { Cli, makeFolder, runCli } from "./run-cli.js";

async function writeConfig(text: string, name = "serve.yaml") {
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, name), text);
  return { cwd, file: path.join(cwd, name) };
}

/** What `config check` and `serve` say of a file that cannot be used, without a process for each. */
async function refusalOf(text: string): Promise<string> {
  const { file } = await writeConfig(text);
  const problem = await collectServeSettings({}, {}, file)
    .then(checkServeSettings)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  expect(problem).toBeInstanceOf(UsageError);
  return describeFailure(problem);
}

test.each([
  ["publicUrll: x", "serve.yaml:1: publicUrll: There is no such key. Is it publicUrl?"],
  ["\nzzzzzzzzzz: x", "serve.yaml:2: zzzzzzzzzz: There is no such key. There are host, port,"],
  ["port: eighty", "serve.yaml:1: port: It must be a number."],
  ["port: 99999", "serve.yaml:1: port: It must be a port from 0 (any free one) to 65535."],
  ["host: true", "serve.yaml:1: host: It must be a text."],
  ["limits:\n  signinRate: 5", "serve.yaml:2: limits.signinRate: There is no such key. Is it sign"],
  [
    "limits:\n  bodyTimeout: 0",
    "serve.yaml:2: limits.bodyTimeout: It must be a number above 0, at",
  ],
  [
    "limits:\n  signInBurst: 1.5",
    "serve.yaml:2: limits.signInBurst: It must be a whole number above 0",
  ],
  [
    "accounts:\n  Team: {}",
    "serve.yaml:2: accounts.Team: It must be an account, such as acc_team.",
  ],
  [
    "accounts:\n  acc_a:\n    clipsPerDy: 1",
    "serve.yaml:3: accounts.acc_a.clipsPerDy: There is no such",
  ],
  [
    "accounts:\n  acc_a:\n    maxSize: x",
    "serve.yaml:3: accounts.acc_a.maxSize: It must be a size",
  ],
  [
    "mediaTypes: [mp4]",
    "serve.yaml:1: mediaTypes: It must be types of videos and pictures such as video/mp4",
  ],
  ["retentionDays: 40000", "serve.yaml:1: retentionDays: It must be a whole number of days"],
  ["pullRequestDays: never", "serve.yaml:1: pullRequestDays: It must be a whole number of days"],
  ["pullRequestDays: true", "serve.yaml:1: pullRequestDays: It must be a number or a text."],
  ["limits: 5", "serve.yaml:1: limits: It must hold names and values."],
  ["renditions: no", "serve.yaml:1: renditions: It must be true or false."],
  ["zz: 1", "serve.yaml:1: zz: There is no such key. There are host, port,"],
  ["prot: 1", "serve.yaml:1: prot: There is no such key. Is it port?"],
  ["trustProxy: []", "serve.yaml:1: trustProxy: It must name a proxy, or be false"],
  ["maxSize: 1.5", "serve.yaml:1: maxSize: It must be a size such as 500MB"],
  ["maxSize: 6TiB", "serve.yaml:1: maxSize: It must be at most 5TiB."],
  ["port: 1\nembedFrom: [a b]", 'serve.yaml:2: embedFrom: "a b" is not * and not an origin'],
  ["maxSize: huge", "serve.yaml:1: maxSize: It must be a size such as 500MB"],
  ["region:", "serve.yaml:1: region: It must be a text."],
  ["logLevel: loud", "serve.yaml:1: logLevel: Allowed choices are trace, debug,"],
  ["\nport: 1\nport: 2", "serve.yaml:3: This key is there already."],
  ["port: 1\n---\nhost: a", "serve.yaml:2: A second document begins here."],
  ["port: [1", "serve.yaml:1: This is neither YAML nor JSON"],
  ["- port", "serve.yaml:1: It must hold keys, such as port: 4280."],
  ["folder: a\nbucket: s3://b", "serve.yaml:1: folder is for a service without --bucket."],
  ["bucket: b", "serve.yaml:1: bucket: "],
  ["region: a", "serve.yaml:1: region is for a service with --bucket."],
  ["trustProxy: proxy.example", "serve.yaml:1: trustProxy: invalid IP address: proxy.example"],
  ["signInRules: none.json", "serve.yaml:1: signInRules: "],
])("%j is refused with its line and key", async (text, message) => {
  expect(await refusalOf(text)).toContain(message);
});

test("everything that is wrong is told at once, in the order of the lines", async () => {
  const { cwd } = await writeConfig('{\n\t"prot": 1,\n\t"port": "x",\n\t"host": 1\n}', "a.json");
  const { code, stdout, stderr } = await runCli(["config", "check", "a.json"], { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr.match(/a\.json:\d: \w+/g)).toEqual([
    "a.json:2: prot",
    "a.json:3: port",
    "a.json:4: host",
  ]);
});

test.each(["appSecret", "secretAccessKey", "password", "aws_access_key_id", "token"])(
  "%s does not belong into the file, and its value is not printed",
  async (key) => {
    const refusal = await refusalOf(`${key}: hunter-2-hunter`);
    expect(refusal).toContain(`serve.yaml:1: ${key}: Secrets do not belong in this file.`);
    expect(refusal).not.toContain("hunter");
  },
);

test.each([
  "port: hunter-2",
  "publicUrl: https://ann:hunter-2@clips.example.com/",
  "hunter-2: [a",
  "bucket: s3://AKIA:hunter-2@bucket/prefix",
  "bucket: s3://bucket/prefix?secret=hunter-2",
  "bucket: s3://bucket/.hunter-2",
])("what is wrong in %j is not repeated", async (text) => {
  expect(await refusalOf(text)).not.toContain("hunter-2");
});

test("of a secret in the file, neither stream shows the value", async () => {
  const { cwd } = await writeConfig("appSecret: hunter-2\nbucket: s3://AKIA:hunter-2@b/c");
  const result = await runCli(["config", "check", "serve.yaml"], { cwd });
  expect(result).toMatchObject({ code: 2, stdout: "" });
  expect(result.stderr).toContain("Secrets do not belong in this file.");
  expect(result.stderr).not.toContain("hunter-2");
});

test("config check tells what is set, and where; paths are meant from the file's folder", async () => {
  const { cwd } = await writeConfig("folder: data\ntrustProxy: [10.0.0.0/8, loopback]\nport: 1");
  const env = {
    CLIPCOURIER_SERVE_CONFIG: path.join(cwd, "serve.yaml"),
    CLIPCOURIER_SERVE_PORT: "2",
  };
  const elsewhere = await makeFolder();
  const { code, stdout } = await runCli(["config", "check"], { cwd: elsewhere, env });
  expect(code).toBe(0);
  const rows = stdout.split("\n").map((line) => line.split(/ {2,}/));
  expect(rows.slice(1, 4)).toEqual([
    ["port", "2", "CLIPCOURIER_SERVE_PORT"],
    ["folder", JSON.stringify(path.join(cwd, "data")), `${cwd}/serve.yaml:1: folder`],
    ["trustProxy", '["10.0.0.0/8","loopback"]', `${cwd}/serve.yaml:2: trustProxy`],
  ]);
});

test.each([
  ["retentionDays: 7", true],
  ["accounts: { acc_a: { retentionDays: 7 } }", true],
  ["accounts: { acc_a: { clipsPerDay: 7 } }", false],
])(
  "config check says of %s that it cannot compare it with what is stored: %j",
  async (text, told) => {
    const { cwd } = await writeConfig(text);
    const { code, stderr } = await runCli(["config", "check", "serve.yaml"], { cwd });
    expect(code).toBe(0);
    expect(stderr.includes("serve tells it when it starts, and waits a day")).toBe(told);
  },
);

test("a flag wins over a variable, that over the file, and that over the default", async () => {
  const { file } = await writeConfig(
    "host: file\nport: 1\nregion: file\nrenditions: false\nlimits: { signInRate: 1, bodyTimeout: 1, partRate: 1 }",
  );
  const env = {
    CLIPCOURIER_SERVE_HOST: "variable",
    CLIPCOURIER_SERVE_PORT: "2",
    CLIPCOURIER_SERVE_REGION: "",
    CLIPCOURIER_SERVE_LIMITS: "signInRate=2,bodyTimeout=2",
  };
  const flags = { host: "flag", limits: { signInRate: 3 } };
  const { values, labelOf } = await collectServeSettings(flags, env, file);
  expect(values).toEqual({
    host: "flag",
    port: 2,
    region: "file",
    renditions: false,
    init: true,
    logLevel: "info",
    limits: { signInRate: 3, bodyTimeout: 2, partRate: 1 },
  });
  expect([labelOf("host"), labelOf("port"), labelOf("region"), labelOf("folder")]).toEqual([
    "--host",
    "CLIPCOURIER_SERVE_PORT",
    `${file}:3: region`,
    "--folder",
  ]);
});

test.each([{ args: ["config", "check"] }, { args: ["serve", "--port", "0"] }])(
  "$args: a variable that no setting has is refused, with the nearest name",
  async ({ args }) => {
    const env = {
      CLIPCOURIER_SERVE_RETENTION_DAY: "hunter-2",
      CLIPCOURIER_SERVE_CONFG: "hunter-2",
      CLIPCOURIER_SERVE_WHATEVER_THIS_IS: "hunter-2",
      CLIPCOURIER_SERVE_NOTHING: "",
    };
    const { code, stdout, stderr } = await runCli(args, { cwd: await makeFolder(), env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.match(/CLIPCOURIER_SERVE_\w+: .*/g)).toEqual([
      "CLIPCOURIER_SERVE_CONFG: There is no such setting. Is it CLIPCOURIER_SERVE_CONFIG?",
      "CLIPCOURIER_SERVE_RETENTION_DAY: There is no such setting. Is it CLIPCOURIER_SERVE_RETENTION_DAYS?",
      expect.stringContaining(
        "WHATEVER_THIS_IS: There is no such setting. clipcourier serve --help",
      ),
    ]);
    expect(stderr).not.toContain("hunter");
  },
);

test("limits of single accounts are JSON for a flag and a variable", async () => {
  const cwd = await makeFolder();
  const check = (text: string) =>
    runCli(["config", "check"], { cwd, env: { CLIPCOURIER_SERVE_ACCOUNTS: text } });
  const { stdout } = await check('{"acc_a": {"maxSize": "1KiB", "clipsPerDay": 5}}');
  expect(stdout).toContain('{"acc_a":{"maxSize":1024,"clipsPerDay":5}}');
  const wrong = await check('{"acc_a": {"clipsPerDay": 0}}');
  expect(wrong.stderr).toContain(
    "CLIPCOURIER_SERVE_ACCOUNTS: acc_a.clipsPerDay: It must be a whole number above 0.",
  );
  expect((await check("{}\n---\n{}")).stderr).toContain("CLIPCOURIER_SERVE_ACCOUNTS: It must be");
  expect((await check("acc_a=5")).stderr).toContain("CLIPCOURIER_SERVE_ACCOUNTS: It must be JSON");
  const flag = await runCli(["serve", "--accounts", '{"acc_a": 5}'], { cwd });
  expect(flag.code).toBe(2);
  expect(flag.stderr).toContain("acc_a: It must hold names and values.");
});

test("an alias stands for what it names, in a list as well", async () => {
  const { file } = await writeConfig(
    "publicUrl: &a https://a.example.com\nembedFrom: [*a, https://b.example.com]",
  );
  const { values } = await collectServeSettings({}, {}, file);
  expect(values.embedFrom).toEqual(["https://a.example.com", "https://b.example.com"]);
});

test("of an account, too, each key is looked for by itself", async () => {
  const { file } = await writeConfig(
    "accounts: { acc_a: { maxSize: 1KiB, retentionDays: 9 }, acc_b: { clipsPerDay: 1 } }",
  );
  const env = { CLIPCOURIER_SERVE_ACCOUNTS: '{"acc_a": {"maxSize": "2KiB"}, "acc_c": {}}' };
  const flags = { accounts: { acc_b: { bytesPerDay: 5 } } };
  const { values } = await collectServeSettings(flags, env, file);
  expect(values.accounts).toEqual({
    acc_a: { maxSize: 2048, retentionDays: 9 },
    acc_b: { clipsPerDay: 1, bytesPerDay: 5 },
    acc_c: {},
  });
});

test("serve runs by its file, and a flag says otherwise in both directions", async () => {
  const { cwd } = await writeConfig(
    "port: 0\nfolder: data\npublicUrl: https://a.example.com/\ninit: false",
  );
  const args = ["serve", "--config", "serve.yaml"];
  const refused = await runCli(args, { cwd });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("service.json is missing");
  const cli = new Cli([...args, "--init"], { cwd });
  await cli.waitFor("CLIPCOURIER_APP_SECRET");
  expect(cli.stdout).toContain(`keeps everything in ${path.join(cwd, "data")}`);
  expect(cli.stdout).toContain("https://a.example.com/v2.7/");
  cli.send("SIGINT");
  await cli.end();
  const env = { CLIPCOURIER_SERVE_PUBLIC_URL: "https://b.example.com/" };
  const again = new Cli([...args, "--new-app"], { cwd, env });
  await again.waitFor("CLIPCOURIER_APP_SECRET");
  expect(again.stdout).toContain("https://b.example.com/v2.7/");
});

test("every key has a flag that the help shows", async () => {
  const { stdout } = await runCli(["serve", "--help"], { cwd: await makeFolder() });
  const shown = (name: (typeof keyNames)[number]) =>
    keyOf(name).standard === true ? flagOf(name).replace("--", "--no-") : flagOf(name);
  const lacking = keyNames.filter((name) => !new RegExp(`^  ${shown(name)}\\b`, "m").test(stdout));
  expect(lacking).toEqual([]);
  expect([flagOf("publicUrl"), variableOf("publicUrl")]).toEqual([
    "--public-url",
    "CLIPCOURIER_SERVE_PUBLIC_URL",
  ]);
});
