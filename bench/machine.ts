import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import type { Machine } from "./results.ts";

/** The machine of the measurements, and the versions that were measured. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGibibytes: Math.round(totalmem() / 1024 ** 3),
    // The kernel's version without the suffix of its distribution.
    system: `${type()} ${/^\d+\.\d+/.exec(release())?.[0] ?? ""}`,
    versions: {
      node: process.version.slice(1),
      "@clipcourier/core": readPackageVersion("@clipcourier/core"),
      "@aws-sdk/lib-storage": readPackageVersion("@aws-sdk/lib-storage"),
      "aws s3 cp": askVersion("/usr/bin/aws"),
      rclone: askVersion("/usr/bin/rclone"),
      curl: askVersion("/usr/bin/curl"),
    },
  };
}

function readPackageVersion(name: string): string {
  const path = join(import.meta.dirname, "node_modules", name, "package.json");
  return String(JSON.parse(readFileSync(path, "utf8")).version);
}

function askVersion(program: string): string {
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return /\d+\.\d+[\w.]*/.exec(stdout ?? "")?.[0] ?? "not installed";
}
