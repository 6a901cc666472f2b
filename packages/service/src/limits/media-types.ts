import { type Asset, photoTypes } from "@clipcourier/core/wire";

/** Whether a file may be announced with this type, which is in lower case. */
export function isMediaType(type: string): boolean {
  return isTypeOf("videoclip", type) || isTypeOf("photo", type);
}

/** Whether content of this type, which is in lower case, may become such a clip. */
export function isTypeOf(asset: Asset, type: string): boolean {
  if (asset === "photo") return photoTypes.has(type);
  // A browser would show these as a page, with its scripts.
  if (/(^|[^a-z])(x?html|svg|xml)$/.test(type)) return false;
  return /^video\/[a-z0-9][a-z0-9.+-]{0,63}$/.test(type);
}
