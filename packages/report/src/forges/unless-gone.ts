import { ForgeError } from "../comment/forge.js";

/** `null` where somebody has deleted the comment meanwhile. */
export async function unlessGone<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ForgeError && error.status === 404) return null;
    throw error;
  }
}
