/** A program and its arguments. */
export type ProgramCall = readonly [program: string, ...args: string[]];

/** The default of the setting in the manifest. */
export const defaultCommand: ProgramCall = ["npx", "--yes", "clipcourier@0.1"];

/**
 * The command in the setting clipcourier.localCommand. One without a program counts as the default: npx
 * without the name of a package would run another one, which would get the secret.
 *
 * @param given the setting, as a person can have written it
 */
export function chooseCommand(given: unknown): ProgramCall {
  if (!Array.isArray(given) || !given.every((part) => typeof part === "string")) {
    return defaultCommand;
  }
  const [program, ...args] = given as string[];
  return program ? [program, ...args] : defaultCommand;
}

/**
 * Variables for what starts the command line. npm runs no install scripts then: those of any package
 * that it brings could read the secret in the environment. The command line needs none of them.
 */
export const startVariables = { npm_config_ignore_scripts: "true" };
