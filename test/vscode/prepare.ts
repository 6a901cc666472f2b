import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type EditorInstallation, installEditor } from "./install-editor.ts";
import { installExtension, packageExtension } from "./package-extension.ts";

declare module "vitest" {
  interface ProvidedContext {
    installation: EditorInstallation;
    /** A folder of installed extensions, with Clipcourier installed from its package. */
    extensions: string;
  }
}

/** Prepares what all files of the suite share. Something missing fails the whole run. */
export default async function prepare({ provide }: TestProject): Promise<() => Promise<void>> {
  const installation = await installEditor();
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-vscode-"));
  const extensions = join(folder, "extensions");
  await installExtension(installation, await packageExtension(folder), extensions);
  provide("installation", installation);
  provide("extensions", extensions);
  return () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
