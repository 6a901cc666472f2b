import type { ObjectStore } from "@clipcourier/service";
import type { Ground } from "./ground.ts";

/** What is stored, beside the state and the content of each clip. */
export interface Inventory {
  clips: number;
  /** Files of a clip other than its one state and one content. */
  otherFiles: number;
  /** Entries of lists beyond one for each clip. */
  otherEntries: number;
  work: number;
  reminders: number;
  damaged: number;
  openUploads: number;
  temporary: number;
}

/** Looks at everything in the store. */
export async function takeInventory(ground: Ground, store: ObjectStore): Promise<Inventory> {
  const keys = await listAll(store);
  const below = (prefix: string) => keys.filter((key) => key.startsWith(prefix));
  const clips = new Set(below("clips/").map((key) => key.split("/")[1]));
  const files = below("clips/");
  let expected = 0;
  for (const id of clips) {
    const own = files.filter((key) => key.startsWith(`clips/${id}/`));
    expected += own.some((key) => key.endsWith("/state.json")) ? 1 : 0;
    expected += own.some((key) => key.endsWith("/content")) ? 1 : 0;
  }
  return {
    clips: clips.size,
    otherFiles: files.length - expected,
    otherEntries: below("index/").length - clips.size,
    work: below("work/").length,
    reminders: below("expire/").length,
    damaged: below("damaged/").length,
    openUploads: await countUploads(store),
    temporary: await ground.countTemporary(),
  };
}

async function listAll(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  let startAfter: string | null = "";
  while (startAfter !== null) {
    const page = await store.listObjects("", { ...(startAfter && { startAfter }), keysOnly: true });
    keys.push(...page.objects.map(({ key }) => key));
    startAfter = page.next;
  }
  return keys;
}

async function countUploads(store: ObjectStore): Promise<number> {
  let count = 0;
  let after: string | null = "";
  while (after !== null) {
    const page = await store.listMultipartUploads("clips/", { ...(after && { after }) });
    count += page.uploads.length;
    after = page.next;
  }
  return count;
}
