import * as v from "valibot";
import type { ForgeApi } from "../forge-api.js";
import { type Repository, toRepositoryPath } from "./github-api.js";

// `closed` also where it is merged.
const pull = v.object({ state: v.picklist(["open", "closed"]) });

/**
 * Whether a pull request is open or closed now: an event says what was so when its run was caused. Throws
 * `ForgeError`.
 */
export async function readPullRequestState(
  api: ForgeApi,
  repository: Repository,
  number: number,
): Promise<"open" | "closed"> {
  const { state } = await api.get(pull, `${toRepositoryPath(repository)}/pulls/${number}`);
  return state;
}
