import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findFreePort } from "../../packages/service/test/free-port.ts";

const bin = fileURLToPath(new URL("../../packages/cli/dist/bin.js", import.meta.url));
const withoutPictures = new URL("without-pictures.ts", import.meta.url).href;

/** Milliseconds; longer than any pause of a busy machine. */
const startTime = 120_000;

/** The keys of the app that the first start makes. */
export interface AppKeys {
  appId: string;
  appSecret: string;
}

/**
 * A real `clipcourier serve` without pictures, which can be killed and started again on its port. It
 * ends with this process.
 */
export class ServeProcess {
  readonly port: number;
  /** `http://127.0.0.1:PORT/v2.7/` */
  readonly rootUrl: string;
  /** What all its runs have logged, a line each. */
  readonly log: string[] = [];
  readonly #args: readonly string[];
  readonly #env: Record<string, string>;
  readonly #endWithParent = () => void this.#child?.kill("SIGKILL");
  #child: ChildProcess | null = null;
  #stdout = "";

  private constructor(port: number, args: readonly string[], env: Record<string, string>) {
    this.port = port;
    this.rootUrl = `http://127.0.0.1:${port}/v2.7/`;
    this.#args = args;
    this.#env = env;
  }

  /** @param args what follows `serve`, without the port */
  static async start(args: readonly string[], env: Record<string, string> = {}) {
    const service = new ServeProcess(await findFreePort(), args, env);
    process.on("exit", service.#endWithParent);
    await service.run();
    return service;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The keys of the app that this start has made. Throws where there was one already. */
  get keys(): AppKeys {
    const read = (name: string) => new RegExp(`${name}=(\\S+)`).exec(this.#stdout)?.[1];
    const [appId, appSecret] = [read("CLIPCOURIER_APP_ID"), read("CLIPCOURIER_APP_SECRET")];
    if (appId && appSecret) return { appId, appSecret };
    throw new Error(`No app was made:\n${this.#stdout}`);
  }

  /** Starts it, after it has ended, and waits until it is up. */
  async run(): Promise<void> {
    const { PATH, HOME } = process.env;
    const command = ["--import", withoutPictures, bin, "serve", "--port", String(this.port)];
    const child = spawn(process.execPath, [...command, ...this.#args], {
      env: { PATH, HOME, ...this.#env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.#stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.log.push(text));
    const end = performance.now() + startTime;
    while (!this.#stdout.includes("Clipcourier is up") || !this.#stdout.endsWith("\n")) {
      if (child.exitCode !== null || performance.now() > end) {
        throw new Error(`serve did not start (exit ${child.exitCode}):\n${this.log.slice(-9)}`);
      }
      await sleep(5);
    }
  }

  /** Ends it at once, as the kernel does that has no memory left. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
    process.off("exit", this.#endWithParent);
  }

  /** Sends a signal, and waits for nothing. */
  signal(name: "SIGINT" | "SIGTERM"): void {
    this.#child?.kill(name);
  }

  /** What it has printed in this run. */
  get printed(): string {
    return this.#stdout;
  }

  /** Waits until it has ended, and returns its exit code. */
  async waitForEnd(): Promise<number | null> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return child?.exitCode ?? null;
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    child.kill(signal);
    await closed;
  }
}
