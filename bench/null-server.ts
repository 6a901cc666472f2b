import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "@clipcourier/test/cache-folder.ts";
import { ensureDebianPackages } from "@clipcourier/test/debian-packages.ts";
import { readCpuSeconds } from "./process-facts.ts";

export interface NullServerOptions {
  /** The file to which the server writes its certificate. With it the server speaks TLS. */
  certificate?: string;
  delayMs?: number;
  failPerMille?: number;
  seed?: number;
}

/** The C server in the folder `null-server`, which discards what it receives. */
export interface NullServer {
  readonly origin: string;
  /** Ends the process, and returns the CPU seconds (user and system) that it has used. */
  stop(): Promise<number>;
}

export async function startNullServer(options: NullServerOptions = {}): Promise<NullServer> {
  const child = spawn(buildNullServer(), formatArguments(options), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return {
    origin: `${options.certificate ? "https" : "http"}://127.0.0.1:${Number(line.toString())}`,
    async stop() {
      const cpu = readCpuSeconds(child.pid);
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
      return cpu;
    },
  };
}

function formatArguments(options: NullServerOptions): string[] {
  const named = {
    "--tls": options.certificate,
    "--delay-ms": options.delayMs,
    "--fail-per-mille": options.failPerMille,
    "--seed": options.seed,
  };
  return Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [name, String(value)],
  );
}

/** Compiles the server when its sources have changed. Returns the path of the program. */
function buildNullServer(): string {
  const folder = join(import.meta.dirname, "null-server");
  const files = readdirSync(folder).sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(join(folder, file)));
  const program = cacheFolder("bench", `null-server-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(program)) return program;
  ensureDebianPackages([
    { name: "gcc", file: "/usr/bin/gcc" },
    { name: "libc6-dev", file: "/usr/include/stdio.h" },
    { name: "libssl-dev", file: "/usr/include/openssl/ssl.h" },
  ]);
  mkdirSync(cacheFolder("bench"), { recursive: true });
  const sources = files.filter((file) => file.endsWith(".c")).map((file) => join(folder, file));
  execFileSync("gcc", [
    "-O2",
    "-Wall",
    "-o",
    program,
    ...sources,
    "-lssl",
    "-lcrypto",
    "-lpthread",
  ]);
  return program;
}
