import type { McpServer } from "@modelcontextprotocol/server";
import * as v from "valibot";
import { type Answer, answer } from "./answer.js";
import { clipFacts, toClipFacts, toData } from "./clip-facts.js";
import { type McpContext, toolRetry } from "./context.js";
import { dataNotice } from "./texts.js";
import { toToolSchema } from "./tool-schema.js";

const name = "list_clips";
const mostClips = 50;
const defaultClips = 10;

const input = v.strictObject({
  limit: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(mostClips),
      v.description(`how many at most; default: ${defaultClips}`),
    ),
  ),
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.minLength(1),
      v.maxLength(200),
      v.description("the nextCursor of an earlier result; default: from the newest clip"),
    ),
  ),
});

const output = v.object({
  clips: v.array(clipFacts),
  nextCursor: v.pipe(v.nullable(v.string()), v.description("null on the last page")),
});

/** Adds the tool that lists the clips. */
export function addListTool(server: McpServer, context: McpContext): void {
  server.registerTool(
    name,
    {
      title: "List clips",
      description: `Lists the clips of the account, the newest first, at most ${mostClips} at a time. ${dataNotice}`,
      inputSchema: toToolSchema(input),
      outputSchema: toToolSchema(output),
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    (given, { mcpReq }) => answer(name, () => list(context, given, mcpReq.signal)),
  );
}

async function list(
  { connection }: McpContext,
  { limit = defaultClips, cursor }: v.InferOutput<typeof input>,
  signal: AbortSignal,
): Promise<Answer> {
  const options = { signal, retry: toolRetry };
  const page = await connection.client.listClips({ count: limit, after: cursor }, options);
  const clips = page.clips.map((clip) => toClipFacts(connection.present(clip)));
  return { result: { clips, nextCursor: page.next === undefined ? null : toData(page.next) } };
}
