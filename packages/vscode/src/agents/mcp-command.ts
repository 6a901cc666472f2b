import type { ProgramCall } from "../services/choose-command.js";

/**
 * A package that `clipcourier mcp` needs, and that is not installed with the command line, in the range
 * of its manifest. cmd.exe drops the caret, and takes the lowest version of that range then.
 */
export const sdk = "@modelcontextprotocol/server@^2.4.0";

/**
 * The program of `clipcourier mcp` and its arguments.
 *
 * @param localCommand how the command line is started. npx is told of the package that is missing
 * @param roots the folders whose videos may be uploaded
 */
export function toMcpCommand(
  [program, ...args]: ProgramCall,
  roots: readonly string[],
): [program: string, ...args: string[]] {
  const last = args.at(-1);
  const isNpx = /(^|[\\/])npx(\.cmd)?$/i.test(program) && last?.startsWith("clipcourier");
  const start = isNpx && last ? [...args.slice(0, -1), "-p", last, "-p", sdk, "clipcourier"] : args;
  return [program, ...start, "mcp", ...roots.flatMap((root) => ["--root", root])];
}
