import { type ExitCode, exitCode } from "./exit-code.js";

const codes = { SIGINT: exitCode.interrupted, SIGTERM: exitCode.terminated } as const;
type EndSignal = keyof typeof codes;

/** Turns SIGINT (Ctrl-C) and SIGTERM into an `AbortSignal`. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
  /** The exit code of the process; `undefined` until it is interrupted. */
  readonly exitCode: ExitCode | undefined;
}

/** Listens until it is disposed. A second signal exits the process at once. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  let code: ExitCode | undefined;
  const interrupt = (name: EndSignal) => {
    if (code !== undefined) process.exit(codes[name]);
    code = codes[name];
    controller.abort();
  };
  const names = Object.keys(codes) as EndSignal[];
  for (const name of names) process.on(name, interrupt);
  return {
    signal: controller.signal,
    get exitCode() {
      return code;
    },
    [Symbol.dispose]() {
      for (const name of names) process.off(name, interrupt);
    },
  };
}
