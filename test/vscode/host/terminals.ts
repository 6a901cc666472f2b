import { window } from "vscode";

/** The names of the terminals whose process is running. */
export function listTerminals(): string[] {
  return window.terminals
    .filter(({ exitStatus }) => exitStatus === undefined)
    .map(({ name }) => name);
}

/** Closes all terminals, which ends what runs in them. */
export function closeTerminals(): void {
  for (const terminal of window.terminals) terminal.dispose();
}
