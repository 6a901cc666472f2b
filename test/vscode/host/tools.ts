import { CancellationTokenSource, commands, LanguageModelTextPart, lm } from "vscode";

const running = new Set<CancellationTokenSource>();

/** The tools for language models whose names begin with this, and what is said of them. */
export function listTools(prefix: string) {
  return lm.tools
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
}

/** Runs a tool as an agent does, and gives the texts of its result. */
export async function invokeTool(name: string, input: object): Promise<string[]> {
  const source = new CancellationTokenSource();
  running.add(source);
  try {
    const options = { input, toolInvocationToken: undefined };
    const { content } = await lm.invokeTool(name, options, source.token);
    return content.map((part) => (part instanceof LanguageModelTextPart ? part.value : ""));
  } finally {
    running.delete(source);
    source.dispose();
  }
}

/** Starts a server that speaks the Model Context Protocol, and waits for its tools. */
export async function startMcpServer(id: string): Promise<void> {
  await commands.executeCommand("workbench.mcp.startServer", id, { waitForLiveTools: true });
}

/** Cancels the tokens of all running tools. */
export function cancelTools(): void {
  for (const source of running) source.cancel();
}
