import { Readable } from "node:stream";
import {
  type Fault,
  forward,
  openBody,
  readAll,
  readAtLeast,
  relay,
  sendAnswer,
} from "./exchange.ts";

/** Where requests wait until the test lets them go on. */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  #isOpen = false;

  /** How many requests wait now. */
  get held(): number {
    return this.#waiting.length;
  }

  /** Resolves when the test lets this one go on. */
  async pass(): Promise<void> {
    if (!this.#isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Lets the request go on that has waited for longest. */
  letOneThrough(): void {
    this.#waiting.shift()?.();
  }

  /** Lets all of them go on, and those that are still to come. */
  open(): void {
    this.#isOpen = true;
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** Takes the whole body and waits at the gate; then the service is asked. */
export function holdAt(gate: Gate): Fault {
  return {
    name: "holdAt",
    async apply(exchange) {
      const body = await readAll(openBody(exchange));
      await gate.pass();
      await relay(exchange, await forward(exchange, Readable.from([body])));
    },
  };
}

/** Takes this many bytes of the body each time that it may pass the gate, and answers an ETag. */
export function takeInSteps(gate: Gate, bytes: number): Fault {
  return {
    name: "takeInSteps",
    async apply(exchange) {
      const body = openBody(exchange);
      while (!body.readableEnded && !body.destroyed) {
        await gate.pass();
        await readAtLeast(body, bytes);
      }
      await sendAnswer(exchange, { status: 200, headers: { ETag: '"taken in steps"' } });
    },
  };
}
