/** A process of its own that loads node-av, whose binary can crash it, and sends how that went. */

/** What came of it: the name and the version, or why it does not work. */
export type Trial = { name: string } | { problem: string };

async function tryNodeAv(): Promise<Trial> {
  try {
    const { createNodeAvEngine } = await import("./node-av/node-av-engine.js");
    return { name: createNodeAvEngine().name };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

process.send?.(await tryNodeAv(), () => process.disconnect());
