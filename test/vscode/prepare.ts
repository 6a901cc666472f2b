import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type EditorInstallation, type EditorName, installEditor } from "./install-editor.ts";
import { buildExtension, installExtension, packageExtension } from "./package-extension.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** From the configuration. */
    editor: EditorName;
    installation: EditorInstallation;
    /** A folder of installed extensions, with Clipcourier installed from its package. */
    extensions: string;
  }
}

/** Prepares what all files of the suite share. Something missing fails the whole run. */
export default async function prepare(project: TestProject): Promise<() => Promise<void>> {
  const { editor } = project.getProvidedContext();
  await buildExtension();
  const installation = await installEditor(editor);
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-vscode-"));
  const extensions = join(folder, "extensions");
  await installExtension(installation, await packageExtension(folder), extensions);
  project.provide("installation", installation);
  project.provide("extensions", extensions);
  return () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
