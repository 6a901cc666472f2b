import * as v from "valibot";
import { ForgeError } from "../comment/forge.js";
import type { ForgeApi } from "./forge-api.js";

const user = v.object({ id: v.number(), login: v.string() });

/** The user whom the token belongs to. The token of a job belongs to nobody and may not ask. */
export async function readOwner(api: ForgeApi): Promise<v.InferOutput<typeof user> | undefined> {
  try {
    return await api.get(user, "/user");
  } catch (error) {
    if (error instanceof ForgeError && error.failure === "refused") return undefined;
    throw error;
  }
}
