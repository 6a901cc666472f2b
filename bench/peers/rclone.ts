import type { Command } from "../measure.ts";
import type { Job } from "./job.ts";

/**
 * `rclone copy` with its defaults, which include the MD5 of the file and of every part. Only the
 * request that checks whether the bucket exists is left out: no other peer sends one.
 */
export function rclone({ files, s3, certificate }: Job): Command {
  const [first = ""] = files.paths;
  const isOne = files.work.count === 1;
  const copy = isOne
    ? ["copyto", first, `:s3:${s3.bucket}/clip001.mp4`]
    : ["copy", files.folder, `:s3:${s3.bucket}`];
  const trust = certificate ? ["--ca-cert", certificate] : [];
  return {
    program: "/usr/bin/rclone",
    args: [...copy, "--config", "/dev/null", "--s3-no-check-bucket", ...trust],
    env: {
      RCLONE_S3_PROVIDER: "Other",
      RCLONE_S3_ENDPOINT: s3.endpoint,
      RCLONE_S3_REGION: s3.region,
      RCLONE_S3_ACCESS_KEY_ID: s3.accessKey,
      RCLONE_S3_SECRET_ACCESS_KEY: s3.secretKey,
    },
  };
}
