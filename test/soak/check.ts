import { createHash } from "node:crypto";
import { type Clip, DirectUploadClient } from "@clipcourier/core";
import type { AppKeys } from "../processes/serve-process.ts";
import type { Load } from "./load.ts";

const videosAtOnce = 6;

/** Reads the list and every video. Returns what is wrong, a sentence each. */
export async function checkClips(rootUrl: string, keys: AppKeys, load: Load): Promise<string[]> {
  await using client = new DirectUploadClient({ rootUrl, ...keys, proxyEnv: {} });
  const listed = await listClips(client);
  const problems: string[] = [];
  const byId = new Map(listed.map((clip) => [clip.id, clip]));
  if (byId.size !== listed.length) problems.push("A clip is listed twice.");
  if (byId.size !== load.results.size) {
    problems.push(`${byId.size} clips are listed of ${load.results.size} contents.`);
  }
  const uploads = load.results.entries();
  const lane = async () => {
    for (const [number, results] of uploads) {
      const ids = new Set(results.map(({ clip }) => clip.id));
      const clip = byId.get(results[0]?.clip.id ?? "");
      if (ids.size !== 1 || clip?.status !== "available") {
        problems.push(`Upload ${number}: ${ids.size} clips, listed as ${clip?.status}.`);
      } else if ((await readMd5(clip)) !== results[0]?.checksum) {
        problems.push(`Upload ${number}: the video of ${clip.id} has other bytes.`);
      }
    }
  };
  await Promise.all(Array.from({ length: videosAtOnce }, lane));
  return problems;
}

async function listClips(client: DirectUploadClient): Promise<Clip[]> {
  const clips: Clip[] = [];
  let after: string | undefined;
  do {
    const page = await client.listClips({ count: 100, after });
    clips.push(...page.clips);
    after = page.next;
  } while (after !== undefined);
  return clips;
}

/** The MD5 of what anybody gets who has the link. */
async function readMd5({ videoUrl = "" }: Clip): Promise<string> {
  const response = await fetch(videoUrl);
  if (!response.ok || !response.body) return `status ${response.status}`;
  const hash = createHash("md5");
  for await (const chunk of response.body) hash.update(chunk);
  return hash.digest("hex");
}
