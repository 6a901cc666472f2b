import { join } from "node:path";
import { shareConfig } from "../../vitest.shared.ts";
import type { EditorName } from "./install-editor.ts";

/** What the runs of this suite have in common. They need a real VS Code and a browser. */
export function shareEditorConfig(name: string, editor: EditorName, include: string[]) {
  return shareConfig(name, {
    dir: import.meta.dirname,
    include,
    provide: { editor },
    globalSetup: join(import.meta.dirname, "prepare.ts"),
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // On a busy machine a window reacts slowly, and each look at it is work for it.
    expect: { poll: { timeout: 120_000, interval: 200 } },
    // An editor in a browser is many processes, of which the operating system can delay any: a test that
    // fails is run once more, and the output marks it as retried.
    retry: 1,
    // Each file starts an editor and a browser of its own.
    fileParallelism: false,
  });
}
