import type { McpServer } from "@modelcontextprotocol/server";
import * as v from "valibot";
import { type Answer, answer } from "./answer.js";
import { clipFacts, toClipFacts } from "./clip-facts.js";
import { clipId } from "./clip-id.js";
import { type McpContext, toolRetry } from "./context.js";
import { dataNotice } from "./texts.js";
import { fetchThumbnail } from "./thumbnail.js";
import { toToolSchema } from "./tool-schema.js";

const name = "show_clip";

// Milliseconds. The picture of a private clip is fetched with a link of its own, which nobody is told.
const longestLook = 60_000;

const output = v.object({
  clip: clipFacts,
  noImage: v.pipe(v.nullable(v.string()), v.description("why the thumbnail is not shown")),
});

/** Adds the tool that shows a clip. */
export function addShowTool(server: McpServer, context: McpContext): void {
  server.registerTool(
    name,
    {
      title: "Show a clip",
      description: `Shows what is known of one clip, with its thumbnail as an image of at most 1 MiB. ${dataNotice}`,
      inputSchema: toToolSchema(v.strictObject({ id: clipId })),
      outputSchema: toToolSchema(output),
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    ({ id }, { mcpReq }) => answer(name, () => show(context, id, mcpReq.signal)),
  );
}

async function show({ connection }: McpContext, id: string, signal: AbortSignal): Promise<Answer> {
  const { client } = connection;
  const options = { signal, retry: toolRetry };
  const clip = await client.getClip(id, options);
  const { thumbnailUrl } = clip.isPrivate
    ? await client.createLink(id, { ...options, expiresIn: longestLook })
    : clip;
  const thumbnail = await fetchThumbnail(thumbnailUrl, signal);
  const facts = toClipFacts(connection.present(clip));
  if ("missing" in thumbnail) return { result: { clip: facts, noImage: thumbnail.missing } };
  const data = thumbnail.jpeg.toString("base64");
  return {
    result: { clip: facts, noImage: null },
    more: [{ type: "image", data, mimeType: "image/jpeg" }],
  };
}
