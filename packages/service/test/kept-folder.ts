import { cp, readFile } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "./start-test-service.js";

const kept = path.join(import.meta.dirname, "fixtures", "folder-0.1");

export interface KeptClip {
  id: string;
  filename: string;
  checksum: string;
  size: number;
  status: "available" | "failed" | "pending";
  duration: number | null;
  width: number | null;
  height: number | null;
  codec: string | null;
  created_on: string;
  reason?: string;
  hasPictures: boolean;
}

interface Facts {
  apps: Record<"one" | "two", { appId: string; appSecret: string; account: string }>;
  user: { username: string; password: string; account: string };
  clips: Record<"first" | "second" | "failed" | "pending" | "other" | "octo", KeptClip>;
  open: { checksum: string; size: number };
  /** The clips of the first app, the newest first. */
  listed: string[];
}

/** What clients of the kept folder knew. */
export const facts: Facts = JSON.parse(await readFile(path.join(kept, "facts.json"), "utf8"));

/** A copy of the folder that version 0.1 has written, removed after the test. */
export async function copyKeptFolder(): Promise<string> {
  const folder = await makeFolder();
  await cp(path.join(kept, "folder"), folder, { recursive: true });
  return folder;
}

/** Where version 0.1 has kept a clip of an account. */
export function placeOf(folder: string, account: string, { checksum }: KeptClip): string {
  return path.join(folder, "objects", account, "videoclip", checksum);
}
