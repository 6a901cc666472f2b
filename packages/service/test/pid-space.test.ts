import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { expect, it } from "vitest";
import { namePidSpace } from "../src/catalog/pid-space.js";

const isLinux = process.platform === "linux";

it.runIf(isLinux)("a process id is one of this start of the machine, and of this container", () => {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const container = readlinkSync("/proc/self/ns/pid");
  expect(namePidSpace().split(" ")).toEqual([hostname(), boot, container]);
});
