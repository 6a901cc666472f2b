import type { Work } from "./files.ts";
import type { PeerName } from "./peers/peers.ts";

const mebi = 1024 ** 2;
const gibi = 1024 ** 3;

/** One row of a table: which client uploads what, and how the server behaves. */
export interface Row {
  peer: PeerName;
  work: Work;
  verifyParts?: boolean;
  /** How long the server waits before each answer. */
  delayMs?: number;
  /** How many of 1,000 requests are answered with 503. */
  failPerMille?: number;
}

/** A table. Its rows run in turn, in rounds, so that a change of the machine's speed affects all. */
export interface Scenario {
  name: string;
  title: string;
  transport: "http" | "tls";
  storage: "null-server" | "ceph";
  rounds: number;
  rows: readonly Row[];
}

const all: readonly PeerName[] = [
  "floor",
  "clipcourier",
  "lib-storage-16",
  "lib-storage-5",
  "aws-cli",
  "rclone",
];

/** `quick` has smaller files and fewer rounds, to check that everything works. */
export function listScenarios(quick: boolean): Scenario[] {
  const oneFile: Work = { count: 1, size: quick ? gibi / 4 : gibi };
  const manyFiles: Work = { count: quick ? 40 : 200, size: 5 * mebi };
  const hugeFile: Work = { count: 1, size: (quick ? 2 : 20) * gibi, sparse: true };
  const manyParts: Work = { count: 1, size: (quick ? 500 : 10_000) * 5 * mebi, sparse: true };
  const fewParts: Work = { ...oneFile, sparse: true };
  const rounds = quick ? 2 : 5;
  const size = quick ? "256 MiB" : "1 GiB";
  return [
    table("one-file-tls", `${size} over TLS`, "tls", rounds, rowsOf(all, { work: oneFile })),
    table("one-file-http", `${size} over HTTP`, "http", rounds, rowsOf(all, { work: oneFile })),
    table("verified", `${size} over TLS, every part verified by MD5`, "tls", rounds, [
      ...rowsOf(["floor", "rclone"], { work: oneFile }),
      { peer: "clipcourier", work: oneFile, verifyParts: true },
    ]),
    table("many-files-http", `${manyFiles.count} files of 5 MiB over HTTP`, "http", rounds, [
      ...rowsOf(all, { work: manyFiles }),
    ]),
    table("many-files-tls", `${manyFiles.count} files of 5 MiB over TLS`, "tls", rounds, [
      ...rowsOf(all, { work: manyFiles }),
    ]),
    table("huge-file", "Memory: one file and a sparse huge one, TLS", "tls", rounds, [
      ...rowsOf(["clipcourier", "lib-storage-5", "rclone"], { work: oneFile }),
      ...rowsOf(["clipcourier", "lib-storage-5", "rclone"], { work: hugeFile }),
    ]),
    table(
      "many-parts",
      `Time per part: ${size} and ${quick ? 500 : "10,000"} parts, HTTP`,
      "http",
      rounds,
      [
        ...rowsOf(["floor", "clipcourier"], { work: fewParts }),
        ...rowsOf(["floor", "clipcourier"], { work: manyParts }),
      ],
    ),
    table(
      "bad-network",
      `${size} over TLS, 50 ms of latency, 1 % of requests fail`,
      "tls",
      rounds,
      [
        ...rowsOf(["clipcourier", "lib-storage-5", "rclone"], { work: oneFile, delayMs: 50 }),
        ...rowsOf(["clipcourier", "lib-storage-5", "rclone"], {
          work: oneFile,
          delayMs: 50,
          failPerMille: 10,
        }),
      ],
    ),
    {
      ...table("ceph", `${size} to Ceph RGW over HTTP`, "http", rounds, [
        ...rowsOf(all, { work: oneFile }),
      ]),
      storage: "ceph",
    },
  ];
}

function table(
  name: string,
  title: string,
  transport: Scenario["transport"],
  rounds: number,
  rows: readonly Row[],
): Scenario {
  return { name, title, transport, storage: "null-server", rounds, rows };
}

function rowsOf(names: readonly PeerName[], row: Omit<Row, "peer">): Row[] {
  return names.map((peer) => ({ ...row, peer }));
}
