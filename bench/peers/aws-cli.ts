import type { Command } from "../measure.ts";
import type { Job } from "./job.ts";

/** `aws s3 cp` with its defaults: parts of 8 MiB, ten requests at once. */
export function awsCli({ files, s3, certificate }: Job): Command {
  const [first = ""] = files.paths;
  const isOne = files.work.count === 1;
  const copy = isOne ? ["cp", first] : ["cp", "--recursive", files.folder];
  const trust = certificate ? ["--ca-bundle", certificate] : [];
  const to = isOne ? `s3://${s3.bucket}/clip001.mp4` : `s3://${s3.bucket}/`;
  return {
    program: "/usr/bin/aws",
    args: ["--endpoint-url", s3.endpoint, ...trust, "s3", ...copy, to, "--only-show-errors"],
    env: {
      AWS_ACCESS_KEY_ID: s3.accessKey,
      AWS_SECRET_ACCESS_KEY: s3.secretKey,
      AWS_DEFAULT_REGION: s3.region,
      AWS_EC2_METADATA_DISABLED: "true",
    },
  };
}
