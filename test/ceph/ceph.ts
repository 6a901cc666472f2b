import { execFile } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { findFreePort } from "../../packages/service/test/free-port.ts";
import { cacheFolder } from "../cache-folder.ts";
import { ensureDebianPackages } from "../debian-packages.ts";
import { formatCephConf } from "./ceph-conf.ts";
import { Daemon } from "./daemon.ts";

const run = promisify(execFile);

const packages = [
  { name: "ceph-mon", file: "/usr/bin/ceph-mon" },
  { name: "ceph-osd", file: "/usr/bin/ceph-osd" },
  { name: "radosgw", file: "/usr/bin/radosgw" },
];

/** A running S3 engine and the keys of its one user. */
export interface Ceph extends AsyncDisposable {
  /** Plain HTTP on loopback; buckets are paths, not host names. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Kills the S3 gateway in the middle of what it does, and starts it again. The data stays. */
  restartGateway(): Promise<void>;
  /** Ends the processes and deletes everything that was stored. */
  stop(): Promise<void>;
}

export interface CephOptions {
  /**
   * The capacity in bytes, in memory.
   *
   * @default 8 * 1024 ** 3 (8 GiB)
   */
  capacity?: number;
  /**
   * The port of the S3 endpoint.
   *
   * @default `CLIPCOURIER_CEPH_PORT`, or a free one
   */
  port?: number;
}

/**
 * Starts a single-node Ceph with its S3 gateway, in about 2 s. When Debian's packages are missing and
 * this process is root, it installs them first.
 */
export async function startCeph(options: CephOptions = {}): Promise<Ceph> {
  ensureDebianPackages(packages);
  const folder = await makeFolder();
  const daemons: Daemon[] = [];
  const stop = async () => {
    for (const daemon of daemons.reverse()) await daemon.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const chosen = options.port ?? Number(process.env.CLIPCOURIER_CEPH_PORT ?? 0);
    const gatewayPort = chosen || (await findFreePort());
    const cluster: Cluster = { folder, fsid: randomUUID(), monPort: await findFreePort(), daemons };
    const capacity = options.capacity ?? 8 * 1024 ** 3;
    await writeFile(
      join(folder, "ceph.conf"),
      formatCephConf({ ...cluster, gatewayPort, capacity }),
    );
    await startMonitor(cluster);
    await startObjectStore(cluster);
    const keys = await createUser(cluster);
    const endpoint = `http://127.0.0.1:${gatewayPort}`;
    let gateway = await startGateway(cluster, endpoint);
    const restartGateway = async () => {
      await gateway.stop();
      gateway = await startGateway(cluster, endpoint);
    };
    const region = "us-east-1";
    return { endpoint, region, ...keys, restartGateway, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Cluster {
  readonly folder: string;
  readonly fsid: string;
  readonly monPort: number;
  readonly daemons: Daemon[];
}

async function makeFolder(): Promise<string> {
  const parent = cacheFolder("ceph");
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "run-"));
  await Promise.all(["mon", "osd", "crash"].map((name) => mkdir(join(folder, name))));
  return folder;
}

async function startMonitor(cluster: Cluster): Promise<void> {
  const { folder, fsid, monPort } = cluster;
  const map = join(folder, "monmap");
  const address = `[v2:127.0.0.1:${monPort}]`;
  await run("monmaptool", ["--create", "--fsid", fsid, "--addv", "a", address, map]);
  await runCeph(cluster, "ceph-mon", "--mkfs", "-i", "a", "--monmap", map);
  const mon = startDaemon(cluster, "ceph-mon", "-i", "a");
  await waitUntil(mon, () => runCeph(cluster, "ceph", "--connect-timeout", "5", "-s"));
}

async function startObjectStore(cluster: Cluster): Promise<void> {
  const id = randomUUID();
  await runCeph(cluster, "ceph", "osd", "new", id);
  await runCeph(cluster, "ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", id);
  const osd = startDaemon(cluster, "ceph-osd", "-i", "0");
  await waitUntil(osd, async () => {
    const { stdout } = await runCeph(cluster, "ceph", "osd", "stat");
    if (!stdout.includes("1 up")) throw new Error("The OSD is not up yet.");
  });
}

async function createUser(cluster: Cluster) {
  const accessKey = `AKIA${randomBytes(8).toString("hex").toUpperCase()}`;
  const secretKey = randomBytes(20).toString("hex");
  const keys = ["--access-key", accessKey, "--secret", secretKey];
  const user = ["--uid", "clipcourier", "--display-name", "clipcourier"];
  await runCeph(cluster, "radosgw-admin", "user", "create", ...user, ...keys);
  return { accessKey, secretKey };
}

async function startGateway(cluster: Cluster, endpoint: string): Promise<Daemon> {
  const gateway = startDaemon(cluster, "radosgw", "-n", "client.rgw.a");
  await waitUntil(gateway, () => fetch(endpoint, { signal: AbortSignal.timeout(2000) }));
  return gateway;
}

function runCeph({ folder }: Cluster, command: string, ...args: string[]) {
  return run(command, args, { env: { ...process.env, CEPH_CONF: join(folder, "ceph.conf") } });
}

function startDaemon({ folder, daemons }: Cluster, command: string, ...args: string[]): Daemon {
  const conf = ["-f", "-c", join(folder, "ceph.conf")];
  const daemon = new Daemon(command, [...conf, ...args], join(folder, `${command}.out`));
  daemons.push(daemon);
  return daemon;
}

/** Calls `ask` until it succeeds, for at most 30 s. Fails at once when the daemon has ended. */
async function waitUntil(daemon: Daemon, ask: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    await daemon.checkRunning();
    try {
      await ask();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
