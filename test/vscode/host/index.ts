import { connect } from "node:net";
import { createInterface } from "node:readline";
import { calls, type HostCalls } from "./calls.ts";

/** A line that is sent to the extension host. */
export interface CallLine {
  id: number;
  name: keyof HostCalls;
  args: unknown[];
}

/** The line that is sent back. */
export type AnswerLine = { id: number } & ({ result: unknown } | { error: string });

/** The editor runs this as the tests of an extension. It serves calls until the socket ends. */
export async function run(): Promise<void> {
  const socket = connect(Number(process.env.CLIPCOURIER_TEST_PORT), "127.0.0.1");
  for await (const text of createInterface({ input: socket })) {
    const line: CallLine = JSON.parse(text);
    // Not awaited: calls may run at the same time.
    void answer(line).then((answered) => socket.write(`${JSON.stringify(answered)}\n`));
  }
}

/** The editor runs this where the extension starts by itself. */
export function activate(): void {
  void run();
}

async function answer({ id, name, args }: CallLine): Promise<AnswerLine> {
  try {
    const call = calls[name] as (...args: unknown[]) => unknown;
    return { id, result: await call(...args) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
