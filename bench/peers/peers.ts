import type { DebianPackage } from "@clipcourier/test/debian-packages.ts";
import type { Command } from "../measure.ts";
import { awsCli } from "./aws-cli.ts";
import { clipcourier } from "./clipcourier.ts";
import { floor } from "./floor.ts";
import type { Job } from "./job.ts";
import { libStorage } from "./lib-storage.ts";
import { rclone } from "./rclone.ts";

/** A client that is compared, as a command to measure. */
export interface Peer {
  label: string;
  packages: readonly DebianPackage[];
  command(job: Job): Command;
}

const curl = { name: "curl", file: "/usr/bin/curl" };
const awscli = { name: "awscli", file: "/usr/bin/aws" };

export const peers = {
  floor: { label: "the floor: md5sum, then curl -T", packages: [curl], command: floor },
  clipcourier: { label: "@clipcourier/core", packages: [], command: clipcourier },
  "lib-storage-16": {
    label: "@aws-sdk/lib-storage, 16 MiB x 4",
    packages: [],
    command: libStorage(16),
  },
  "lib-storage-5": {
    label: "@aws-sdk/lib-storage, 5 MiB x 4",
    packages: [],
    command: libStorage(5),
  },
  "aws-cli": { label: "aws s3 cp", packages: [awscli], command: awsCli },
  rclone: {
    label: "rclone",
    packages: [{ name: "rclone", file: "/usr/bin/rclone" }],
    command: rclone,
  },
} satisfies Record<string, Peer>;

export type PeerName = keyof typeof peers;
