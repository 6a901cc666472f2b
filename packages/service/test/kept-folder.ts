import { createHash } from "node:crypto";
import { cp, readFile } from "node:fs/promises";
import path from "node:path";
import type { WireClip } from "@clipcourier/core/wire";
import { expect } from "vitest";
import { makeFolder, type Session, type TestService } from "./start-test-service.js";
import { UploadClient } from "./upload-client.js";

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

/** A client with the keys of an app. */
export function signInApp(
  service: TestService,
  { appId, appSecret }: { appId: string; appSecret: string },
) {
  return signIn(service, "login/app/", { appId, appSecret }, { app_secret: appSecret });
}

/** A client with the session of the user. */
export function signInUser(service: TestService) {
  const { username, password } = facts.user;
  return signIn(service, "login/", facts.apps.one, { username, password });
}

async function signIn(
  service: TestService,
  route: string,
  { appId, appSecret }: { appId: string; appSecret: string },
  fields: Record<string, string>,
) {
  const headers = { "X-PV-Meta-App": appId };
  const body = new URLSearchParams(fields);
  const response = await fetch(service.rootUrl + route, { method: "POST", headers, body });
  const { data } = (await response.json()) as { data?: Record<string, string>[] };
  const { access_key: accessKey = "", access_token: accessToken = "", id = "" } = data?.[0] ?? {};
  const session: Session = {
    ...{ appId, appSecret, account: id, accessKey, accessToken },
    headers: { ...headers, "X-Access-Key": accessKey, "X-Access-Token": accessToken },
  };
  expect(response.status).toBe(200);
  return new UploadClient(service, session);
}

/** The MD5 of a clip's video. */
export async function readMd5({ video_url }: WireClip): Promise<string> {
  const bytes = await (await fetch(video_url ?? "")).arrayBuffer();
  return createHash("md5").update(Buffer.from(bytes)).digest("hex");
}

/** The content of a clip of the first app. */
export function readContent(clip: KeptClip): Promise<Buffer> {
  const folder = path.join(kept, "folder");
  return readFile(path.join(placeOf(folder, facts.apps.one.account, clip), "content"));
}
