import {
  type Asset,
  assetOf,
  assets,
  checksumPattern,
  photoTypes,
  type WireUploadedPart,
  wireUploadedPart,
} from "@clipcourier/core/wire";
import type { Context } from "hono";
import * as v from "valibot";
import type { ClipAddress, PictureWishes } from "../../catalog/clip-state.js";
import { HttpError } from "../../http-error.js";
import type { AccountLimits } from "../../limits/account-limits.js";
import { isTypeOf } from "../../limits/media-types.js";
import type { Announcement } from "../../uploads/open-uploads.js";
import { noteClip, requireAccount, requireRequester } from "../audit.js";
import type { Route } from "../backend.js";
import { answerClip } from "../clip-answer.js";
import { requirePullRequest } from "../pull-request-address.js";
import { parseJson, readParameters } from "../request-body.js";

const uploadedParts = v.pipe(v.array(wireUploadedPart), v.minLength(1));
const maxFilenameSize = 255;
const defaultMime = "video/mp4";

/** `GET /me/directupload/<asset>/<checksum>`: the upload URLs, or the clip that is stored. */
export const planUpload: Route = async (c, backend) => {
  const requester = await requireRequester(c, backend);
  const address = readAddress(c, requester.account);
  const limits = backend.findLimits(requester.account);
  const { maxSize = backend.maxSize, mediaTypes } = limits;
  const largest = Math.min(maxSize, backend.maxSize);
  const pullRequest = c.req.query("keep_for");
  const announced = {
    ...readAnnouncement(c, address.asset, largest, mediaTypes),
    ...(requester.verified && { run: requester.verified }),
    ...(pullRequest && {
      keepFor: requirePullRequest("keep_for", pullRequest, requester, limits),
    }),
  };
  const baseUrl = backend.baseUrlOf(c.req.raw);
  const { privacy } = backend;
  const planned = await backend.uploads.plan(address, announced, baseUrl, c.req.raw.signal);
  if ("clip" in planned) noteClip(c, planned.clip.id);
  return "clip" in planned
    ? c.json({ _count: 1, _upload: false, data: [answerClip(planned.clip, { privacy, baseUrl })] })
    : c.json({ _count: 1, _upload: true, data: [planned.plan] });
};

/** `POST /me/directupload/<asset>/<checksum>`: finalizes the upload. */
export const finalizeUpload: Route = async (c, backend) => {
  const { account, verified } = await requireRequester(c, backend);
  const address = readAddress(c, account);
  const listed = readUploads((await readParameters(c.req.raw, backend.limits)).uploads);
  const clip = await backend.uploads.finalize(address, listed, verified);
  noteClip(c, clip.id);
  const { privacy } = backend;
  const data = [answerClip(clip, { privacy, baseUrl: backend.baseUrlOf(c.req.raw) })];
  return c.json({ _count: 1, data });
};

/** `DELETE /me/directupload/<asset>/<checksum>`: an extension; drops the open upload. */
export const dropUpload: Route = async (c, backend) => {
  const account = await requireAccount(c, backend);
  await backend.uploads.drop(readAddress(c, account));
  return c.json({ _count: 0, data: [] });
};

function readAddress(c: Context, account: string): ClipAddress & { asset: Asset } {
  const asset = c.req.param("asset") ?? "";
  const checksum = c.req.param("checksum") ?? "";
  if (!isAsset(asset)) {
    throw new HttpError(
      400,
      `asset: "${asset}" is not supported, only ${assets.join(" and ")} are.`,
    );
  }
  if (!checksumPattern.test(checksum)) {
    throw new HttpError(400, "checksum: not an MD5 of 32 lower-case hex characters.");
  }
  return { account, asset, checksum };
}

function isAsset(text: string): text is Asset {
  return assets.some((asset) => asset === text);
}

function readAnnouncement(
  c: Context,
  asset: Asset,
  maxSize: number,
  mediaTypes: AccountLimits["mediaTypes"],
): Announcement {
  const text = c.req.query("size");
  if (text === undefined) throw new HttpError(400, "size: missing.");
  const size = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new HttpError(400, "size: not a whole number of bytes above 0.");
  }
  if (size > maxSize) throw new HttpError(400, `size: over the limit of ${maxSize} bytes.`);
  return {
    size,
    mime: readMime(c, asset, mediaTypes),
    filename: readFilename(c),
    ...readPictureWishes(c),
  };
}

function readMime(c: Context, asset: Asset, taken: readonly string[] | undefined): string {
  const mime = (c.req.query("mime") || defaultMime).toLowerCase();
  if (!isTypeOf(asset, mime)) throw new HttpError(400, explainMime(asset, mime));
  if (taken === undefined || taken.includes(mime)) return mime;
  throw new HttpError(415, `mime: ${mime} is not taken, only ${taken.join(", ")}.`);
}

function explainMime(asset: Asset, mime: string): string {
  if (asset === "photo") return `mime: not the type of a photo, which is ${listTypes()}.`;
  const hint = assetOf(mime) === "photo" ? " A picture is uploaded as the asset photo." : "";
  return `mime: not a video type, such as video/mp4.${hint}`;
}

function listTypes(): string {
  return new Intl.ListFormat("en", { type: "disjunction" }).format(photoTypes);
}

function readPictureWishes(c: Context): PictureWishes {
  const time = c.req.query("thumbnail_time") || "auto";
  const isTime = /^\d/.test(time) && Number.isFinite(Number(time));
  if (time !== "auto" && !isTime) {
    throw new HttpError(400, "thumbnail_time: not a number of seconds from 0 on, nor auto.");
  }
  const preview = c.req.query("preview") || "auto";
  if (preview !== "auto" && preview !== "start" && preview !== "end") {
    throw new HttpError(400, "preview: not auto, start or end.");
  }
  return { thumbnailTime: isTime ? Number(time) : null, preview };
}

function readFilename(c: Context): string | null {
  const filename = c.req.query("filename");
  if (!filename) return null;
  if (Buffer.byteLength(filename) > maxFilenameSize) {
    throw new HttpError(400, `filename: over ${maxFilenameSize} bytes.`);
  }
  if (/\p{Cc}/u.test(filename)) throw new HttpError(400, "filename: has control characters.");
  return filename;
}

function readUploads(value: unknown): WireUploadedPart[] {
  if (value === undefined) throw new HttpError(400, "uploads: missing.");
  const rows = typeof value === "string" ? parseJson(value, "uploads") : value;
  const parsed = v.safeParse(uploadedParts, rows);
  if (parsed.success) return parsed.output;
  throw new HttpError(400, 'uploads: not an array of {"PartNumber": 1, "ETag": "..."}.');
}
