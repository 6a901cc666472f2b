import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** The root of the repository. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The content of `action.yml`. */
export interface ActionDefinition {
  inputs: Record<string, { description: string; default?: string; required?: boolean }>;
  outputs: Record<string, { description: string }>;
  runs: { using: string; main: string };
  branding: { icon: string; color: string };
}

export const actionDefinition: ActionDefinition = parse(readFileSync(`${root}/action.yml`, "utf8"));
