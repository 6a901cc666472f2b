import { expect, test } from "vitest";
import { recognizeFailure, type StartFailure } from "../src/local-service/failure.js";

const outputs: [name: string, output: string, failure: StartFailure][] = [
  [
    "a port that is taken",
    "clipcourier: Port 4280 of 127.0.0.1 is taken, by another clipcourier serve perhaps.",
    { kind: "port taken", port: "4280" },
  ],
  [
    "an old Node, after a warning of npm",
    "npm warn EBADENGINE Unsupported engine {\nclipcourier does not run on Node.js 20.19.6, only on ^22.19 || >=24.3. Install the newest one (https://nodejs.org) and run the command again.\n",
    { kind: "old Node", version: "20.19.6", wanted: "^22.19 || >=24.3" },
  ],
  ["a package of no such name", "npm error code E404\nnpm error 404", { kind: "no package" }],
  [
    "a package of no such version",
    "npm error code ETARGET\nnpm error notarget",
    { kind: "no package" },
  ],
  [
    "a registry whose name is not known",
    "npm error code ENOTFOUND\nnpm error syscall getaddrinfo",
    { kind: "no registry", code: "ENOTFOUND" },
  ],
  [
    "npm as it was until version 10",
    "npm ERR! code ETIMEDOUT\nnpm ERR! network",
    { kind: "no registry", code: "ETIMEDOUT" },
  ],
  ["anything else", "Segmentation fault", { kind: "unknown", exitCode: 1 }],
];

test.each(outputs)("%s is recognized", (_name, output, failure) => {
  expect(recognizeFailure({ exitCode: 1, output })).toEqual(failure);
});

test("a program that the system does not run is recognized, and one that a signal has ended", () => {
  const none = { exitCode: null, output: "" };
  expect(recognizeFailure({ ...none, startError: "EACCES" })).toEqual({
    ...{ kind: "not started", code: "EACCES" },
  });
  expect(recognizeFailure(none)).toEqual({ kind: "unknown", exitCode: null });
});
