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
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // On a busy machine a window reacts slowly.
    expect: { poll: { timeout: 120_000 } },
    // An editor in a browser is many processes, of which the operating system can delay any: a test that
    // fails is run once more, and the output marks it as retried.
    retry: 1,
    // Each file starts an editor and a browser of its own.
    fileParallelism: false,
  });
}
