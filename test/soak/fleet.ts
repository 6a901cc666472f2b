import { setTimeout as sleep } from "node:timers/promises";
import { findFreePort } from "../../packages/service/test/free-port.ts";
import { type AppKeys, ServeProcess } from "../processes/serve-process.ts";
import { type Nginx, startNginx } from "./nginx.ts";

const startAttempts = 20;

/** Several `clipcourier serve` of one ground, behind one nginx. */
export class Fleet {
  readonly rootUrl: string;
  readonly keys: AppKeys;
  readonly #services: ServeProcess[];
  readonly #nginx: Nginx;
  kills = 0;
  /** Starts that have failed, because the engine was down at that moment. */
  failedStarts = 0;

  private constructor(services: ServeProcess[], keys: AppKeys, nginx: Nginx) {
    this.#services = services;
    this.keys = keys;
    this.#nginx = nginx;
    this.rootUrl = new URL("v2.7/", nginx.baseUrl).href;
  }

  /** @param args what follows `serve`, such as the folder */
  static async start(count: number, args: string[], env: Record<string, string>, scratch: string) {
    const port = await findFreePort();
    const all = [...args, "--public-url", `http://127.0.0.1:${port}`, "--trust-proxy"];
    // The first one makes the app.
    const first = await ServeProcess.start(all, env);
    const { keys } = first;
    const services = [first];
    while (services.length < count) services.push(await ServeProcess.start(all, env));
    const ports = services.map((service) => service.port);
    return new Fleet(services, keys, await startNginx(port, ports, scratch));
  }

  /** Kills one after the other and starts it again, until the signal is aborted. */
  async killInTurns(random: (purpose: string) => number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pause = 2500 + 3000 * random(`pause ${this.kills}`);
      await sleep(pause, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const index = Math.floor(random(`victim ${this.kills}`) * this.#services.length);
      const victim = this.#services[index];
      if (!victim) throw new Error("There is no service to kill.");
      await victim.kill();
      this.kills += 1;
      await this.#startAgain(victim);
    }
  }

  /** As the system does that `Restart=always` asks: a start fails while the engine is down. */
  async #startAgain(service: ServeProcess): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await service.run();
      } catch (error) {
        if (attempt === startAttempts) throw error;
        this.failedStarts += 1;
        await sleep(100);
      }
    }
  }

  /** Lines of the logs at the levels `warn` and above. */
  readProblems(): string[] {
    const lines = this.#services.flatMap(({ log }) => log.join("").split("\n"));
    return lines.filter((line) => /^\{"level":(40|50|60|"(warn|error|fatal)")/.test(line));
  }

  async stop(): Promise<void> {
    await this.#nginx.stop();
    for (const service of this.#services) await service.stop();
  }
}
