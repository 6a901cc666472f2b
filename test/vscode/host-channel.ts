import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { HostCalls } from "./host/calls.ts";
import type { AnswerLine, CallLine } from "./host/index.ts";

/** The result of a call. It is sent as JSON, so keys that are `undefined` are missing. */
type Result<Name extends keyof HostCalls> = Awaited<ReturnType<HostCalls[Name]>>;

/** The channel to the extension host: lines of JSON over a loopback socket. */
export class HostChannel {
  readonly #server = createServer();
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #connected = Promise.withResolvers<Socket>();
  #calls = 0;

  /** Listens, and returns the port for the extension host to connect to. */
  async listen(): Promise<number> {
    // Calls report this error. When there are none, it must not be an unhandled rejection.
    this.#connected.promise.catch(() => {});
    this.#server.once("connection", (socket) => {
      this.#connected.resolve(socket);
      void this.#read(socket);
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  /** Runs a function of `host/` in the extension host. Rejects with what it throws. */
  async call<Name extends keyof HostCalls>(
    name: Name,
    ...args: Parameters<HostCalls[Name]>
  ): Promise<Result<Name>> {
    const socket = await this.#connected.promise;
    const id = ++this.#calls;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    const line: CallLine = { id, name, args };
    socket.write(`${JSON.stringify(line)}\n`);
    return (await answer.promise) as Result<Name>;
  }

  /** Rejects all open calls, because the extension host will not answer them. */
  fail(reason: Error): void {
    this.#connected.reject(reason);
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  close(): void {
    this.fail(new Error("The channel is closed."));
    this.#server.close();
    this.#connected.promise.then(
      (socket) => socket.destroy(),
      () => {},
    );
  }

  async #read(socket: Socket): Promise<void> {
    socket.on("error", (error) => this.fail(error));
    for await (const text of createInterface({ input: socket })) {
      const line: AnswerLine = JSON.parse(text);
      const answer = this.#waiting.get(line.id);
      this.#waiting.delete(line.id);
      if ("error" in line) answer?.reject(new Error(line.error));
      else answer?.resolve(line.result);
    }
    this.fail(new Error("The extension host has hung up."));
  }
}
