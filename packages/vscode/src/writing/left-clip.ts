import { type Clip, isDirectUploadError } from "@clipcourier/core";
import type { Clients } from "../services/clients.js";
import type { Services } from "../services/services.js";
import { awaitPictures } from "./await-pictures.js";
import type { StoredPlaceholder } from "./stored-placeholders.js";

export interface LeftClipContext {
  services: Services;
  clients: Clients;
}

/**
 * Asks the service for a clip that an earlier run of the editor has uploaded for a placeholder.
 *
 * @returns `undefined` where the service has it no longer, or is not known any more
 * @throws DirectUploadError where the service cannot be asked
 */
export async function findLeftClip(
  { serviceId = "", clip = "" }: StoredPlaceholder,
  { services, clients }: LeftClipContext,
): Promise<Clip | undefined> {
  const service = services.find(serviceId);
  if (service === undefined) return undefined;
  await using client = await clients.open(service);
  try {
    const found = await client.getClip(clip);
    const never = new AbortController().signal;
    return await awaitPictures(found, () => clients.open(service), never);
  } catch (error) {
    if (isDirectUploadError(error, "not_found")) return undefined;
    throw error;
  }
}
