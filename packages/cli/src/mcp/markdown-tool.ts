import { toKnownRecord, type UploadRecord } from "@clipcourier/batch";
import type { Clip } from "@clipcourier/core";
import { buildGallery } from "@clipcourier/report";
import type { McpServer } from "@modelcontextprotocol/server";
import * as v from "valibot";
import { type Answer, answer } from "./answer.js";
import { toData } from "./clip-facts.js";
import { clipId } from "./clip-id.js";
import { type McpContext, toolRetry } from "./context.js";
import { dataNotice } from "./texts.js";
import { toToolSchema } from "./tool-schema.js";

const name = "clip_markdown";
const mostClips = 20;

const input = v.strictObject({
  ids: v.pipe(
    v.array(clipId),
    v.minLength(1),
    v.maxLength(mostClips),
    v.description("the ids of the clips, in the order of the rows"),
  ),
});

/** Adds the tool that gives the Markdown of clips. */
export function addMarkdownTool(server: McpServer, context: McpContext): void {
  server.registerTool(
    name,
    {
      title: "Markdown of clips",
      description: `Gives a Markdown table with a row for each clip, to be pasted as it is into a pull request, an issue or a document. At most ${mostClips} clips. ${dataNotice}`,
      inputSchema: toToolSchema(input),
      outputSchema: toToolSchema(v.object({ markdown: v.string() })),
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    ({ ids }, { mcpReq }) => answer(name, () => write(context, ids, mcpReq.signal)),
  );
}

async function write(
  { connection }: McpContext,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Answer> {
  const { client, present } = connection;
  const clips = await Promise.all(
    ids.map((id) => client.getClip(id, { signal, retry: toolRetry })),
  );
  const records = clips.map((clip) => toRow(present(clip)));
  const markdown = buildGallery(records, records.length);
  return { result: { markdown }, text: markdown };
}

function toRow(clip: Clip): UploadRecord {
  const record = toKnownRecord(clip);
  const { file, notes, error } = record;
  return {
    ...record,
    file: toData(file),
    notes: notes.map(toData),
    error: error && { ...error, message: toData(error.message) },
  };
}
