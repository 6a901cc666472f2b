import { toPrintable } from "@clipcourier/batch";
import type { CallToolResult } from "@modelcontextprotocol/server";
import { describeFailure } from "../terminal/failure.js";
import { printNote } from "../terminal/output.js";
import { toData } from "./clip-facts.js";

type Content = CallToolResult["content"];

/** What a tool has found: the result, and what is shown of it besides. */
export interface Answer {
  result: Record<string, unknown>;
  /** In place of the result as JSON. */
  text?: string;
  more?: Content;
}

/** Answers a call. A failure is told as the command line tells it, for the model to act upon. */
export async function answer(tool: string, work: () => Promise<Answer>): Promise<CallToolResult> {
  try {
    const { result, text = JSON.stringify(result, null, 2), more = [] } = await work();
    return { content: [{ type: "text", text }, ...more], structuredContent: result };
  } catch (error) {
    const message = describeFailure(error);
    printNote(toPrintable(`${tool}: ${message}`));
    return {
      content: [{ type: "text", text: message.split("\n").map(toData).join("\n") }],
      isError: true,
    };
  }
}
