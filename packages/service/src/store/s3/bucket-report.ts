import { isErrorOfStore } from "./s3-failure.js";

/** One thing that a bucket needs, and how it is. */
export interface BucketFinding {
  what: string;
  /** `missing` is what the service works without, `failed` what it does not work without. */
  state: "ok" | "missing" | "failed";
  /** What was seen, or what to do. */
  detail: string;
}

/** Runs one step; an error becomes a finding with this state. */
export async function findOut(
  what: string,
  ifNot: "missing" | "failed",
  step: () => Promise<string>,
): Promise<BucketFinding> {
  try {
    return { what, state: "ok", detail: await step() };
  } catch (error) {
    if (!isErrorOfStore(error)) throw error;
    return { what, state: ifNot, detail: error.message };
  }
}
