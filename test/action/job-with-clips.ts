import { randomBytes } from "node:crypto";
import { type Job, startJob } from "./runner.ts";

/** A job with so many files that no service knows: `clip-0.mp4` and so on, each a byte larger. */
export async function startJobWith(count: number): Promise<Job> {
  const job = await startJob();
  for (let n = 0; n < count; n++) await job.write(`clip-${n}.mp4`, randomBytes(1000 + n));
  return job;
}
