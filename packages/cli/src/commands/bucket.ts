import { UsageError } from "@clipcourier/batch";
import type { BucketFinding, BucketSetupOptions } from "@clipcourier/service/s3";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { chooseColors, printJson, printNote } from "../terminal/output.js";
import { renderTable } from "./table.js";

export interface BucketFlags {
  endpoint?: string;
  region?: string;
  pathStyle?: boolean;
  publicEndpoint?: string;
  origin?: string;
}

/** Makes the settings of a bucket, and prints the policy that the service needs. */
export async function setupBucket(address: string, flags: BucketFlags): Promise<ExitCode> {
  const { createPolicy, parseBucketUrl, setUpBucket } = await import("@clipcourier/service/s3");
  const options = await toOptions(address, flags);
  const code = report(await setUpBucket(options));
  printNote("The smallest policy for the service's credentials:");
  printJson(createPolicy(parseBucketUrl(address)));
  return code;
}

/** Tells what of a bucket's settings and abilities is there. */
export async function checkBucket(address: string, flags: BucketFlags): Promise<ExitCode> {
  const service = await import("@clipcourier/service/s3");
  return report(await service.checkBucket(await toOptions(address, flags)));
}

async function toOptions(address: string, flags: BucketFlags): Promise<BucketSetupOptions> {
  // Loading the SDK of AWS takes longer than loading everything else, so only `bucket` does it.
  const { parseBucketUrl } = await import("@clipcourier/service/s3");
  const { endpoint, region, publicEndpoint, origin, pathStyle } = flags;
  try {
    const place = parseBucketUrl(address);
    return { ...place, endpoint, region, publicEndpoint, origin, forcePathStyle: pathStyle };
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

function report(findings: BucketFinding[]): ExitCode {
  const rows = findings.map(({ what, state, detail }) => [what, state, detail]);
  printNote(
    renderTable(
      [{ heading: "what" }, { heading: "state" }, { heading: "detail" }],
      rows,
      chooseColors(process.stderr),
    ),
  );
  const hasFailed = findings.some(({ state }) => state === "failed");
  return hasFailed ? exitCode.failed : exitCode.done;
}
