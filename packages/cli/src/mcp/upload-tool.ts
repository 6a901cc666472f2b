import { toPrintable } from "@clipcourier/batch";
import { getMediaType } from "@clipcourier/core";
import type { McpServer, ServerContext } from "@modelcontextprotocol/server";
import * as v from "valibot";
import { printNote } from "../terminal/output.js";
import { type Answer, answer } from "./answer.js";
import { askForFolders, readFolders } from "./client-folders.js";
import { clipFacts, toClipFacts, toData } from "./clip-facts.js";
import { type McpContext, toolRetry } from "./context.js";
import { openVideo } from "./open-video.js";
import { ProgressNotifier } from "./progress-notifier.js";
import { dataNotice, describeRules } from "./texts.js";
import { toToolSchema } from "./tool-schema.js";

const name = "upload_video";

const input = v.strictObject({
  path: v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(4_096),
    v.description(
      "the path of the video; a relative one begins at the first folder that is allowed",
    ),
  ),
  title: v.optional(
    v.pipe(
      v.string(),
      v.minLength(1),
      v.maxLength(200),
      v.description("the name that people see; default: the file's"),
    ),
  ),
  thumbnailTime: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0),
      v.description(
        "the second whose frame becomes the thumbnail; default: the frame that shows most",
      ),
    ),
  ),
  preview: v.optional(
    v.pipe(
      v.picklist(["auto", "start", "end"]),
      v.description("which part of the video the animated preview shows; default: auto"),
    ),
  ),
});
type Input = v.InferOutput<typeof input>;

const output = v.object({
  outcome: v.pipe(
    v.picklist(["uploaded", "known"]),
    v.description("known: the service had the content already, and nothing was sent"),
  ),
  bytesSent: v.number(),
  clip: clipFacts,
});

/** Adds the tool that uploads a video. */
export function addUploadTool(server: McpServer, context: McpContext): void {
  server.registerTool(
    name,
    {
      title: "Upload a video as a clip",
      description:
        "Uploads a video file of the project and waits until the clip plays. Gives the address of the page that plays it, which whoever has it can open. " +
        `The same content is uploaded once. ${describeRules(context.files)} ${dataNotice}`,
      inputSchema: toToolSchema(input),
      outputSchema: toToolSchema(output),
      annotations: {
        ...{ readOnlyHint: false, destructiveHint: false },
        ...{ idempotentHint: true, openWorldHint: true },
      },
    },
    async (given, call) =>
      askForFolders(server, call) ??
      answer(name, () =>
        context.uploads.add(() => upload(context, given, call), { signal: call.mcpReq.signal }),
      ),
  );
}

async function upload(
  { connection, files }: McpContext,
  { path, title, thumbnailTime, preview }: Input,
  call: ServerContext,
): Promise<Answer> {
  await using video = await openVideo(path, files, await readFolders(call));
  const progress = new ProgressNotifier(call, video.size);
  const { clip, outcome, bytesSent } = await connection.client.upload(video.source, {
    ...{ filename: title ?? video.name, mime: getMediaType(video.name) },
    ...{ thumbnailTime, preview, retry: toolRetry, signal: call.mcpReq.signal },
    onProgress: (state) => progress.report(state),
  });
  printNote(toPrintable(`${path}: ${outcome}, clip ${clip.id}`));
  const { embeddedFolder } = connection;
  const result = { outcome, bytesSent, clip: toClipFacts(connection.present(clip)) };
  if (embeddedFolder === undefined) return { result };
  const hint = `The page opens while this runs: clipcourier serve --folder ${JSON.stringify(toData(embeddedFolder))}`;
  return { result, more: [{ type: "text", text: hint }] };
}
