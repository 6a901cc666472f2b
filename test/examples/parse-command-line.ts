import { createProgram } from "../../packages/cli/dist/program.js";

/** What the command line understood. */
export interface ParsedCommand {
  name: string;
  args: readonly string[];
  options: Record<string, unknown>;
}

/**
 * Parses arguments with the command line's own parser, and runs nothing.
 *
 * @throws CommanderError about an argument that it does not take
 */
export async function parseCommandLine(args: readonly string[]): Promise<ParsedCommand> {
  let parsed: ParsedCommand | undefined;
  const program = createProgram("0.0.0", () => undefined);
  for (const command of program.commands) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    command.action(() => {
      parsed = { name: command.name(), args: command.args, options: command.opts() };
    });
  }
  await program.parseAsync(args, { from: "user" });
  if (!parsed) throw new Error(`not a command that uploads: ${args.join(" ")}`);
  return parsed;
}
