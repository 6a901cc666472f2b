import type { Logger } from "pino";
import type { Catalog } from "./catalog/catalog.js";
import { JsonObjects, logDamage } from "./catalog/json-objects.js";
import { StoreCatalog } from "./catalog/store-catalog.js";
import { ClipIds } from "./clips/clip-ids.js";
import { Clips } from "./clips/clips.js";
import { Deletion } from "./clips/deletion.js";
import { PullRequests } from "./clips/pull-requests.js";
import { Renderer } from "./clips/renderer.js";
import { Retention } from "./clips/retention.js";
import type { RetentionHistory } from "./clips/retention-history.js";
import { Verifier } from "./clips/verifier.js";
import { Comparer } from "./comparisons/comparer.js";
import { Comparisons } from "./comparisons/comparisons.js";
import type { FindAccountLimits } from "./limits/account-limits.js";
import type { Media } from "./media/types.js";
import type { Measure } from "./metrics/measure.js";
import type { ObjectStore } from "./store/object-store.js";
import { workOnClip } from "./upkeep/clip-work.js";
import { Sweeper } from "./upkeep/sweeper.js";
import { Tidying } from "./upkeep/tidying.js";
import { DayQuota } from "./uploads/day-quota.js";
import { JoinedUploads } from "./uploads/joined-uploads.js";
import { OpenUploads } from "./uploads/open-uploads.js";
import { Room } from "./uploads/room.js";
import { Uploads } from "./uploads/uploads.js";
import { openAnnouncer } from "./webhooks/announcer.js";
import type { WebhookOptions } from "./webhooks/endpoints.js";
import type { OutboxOptions } from "./webhooks/outbox.js";
import { Worker } from "./work/worker.js";

// More than FFmpeg works on at once: there they wait, and accounts take turns.
const verificationsAtOnce = 16;
const placesForOthers = 4;
const renditionsAtOnce = 8;
const comparisonsAtOnce = 4;
// Milliseconds: what this process was asked for begins at once.
const comparisonInterval = 30_000;

export interface StationOptions {
  store: ObjectStore;
  media: Media | null;
  logger: Logger;
  measure: Measure;
  secret: string;
  /** Seconds. */
  urlLifetime: number;
  findLimits: FindAccountLimits;
  /** Which rules of retention were in force; without it shorter ones hold at once. */
  history?: RetentionHistory;
  /** Where it is written who has done what; `null` for nowhere. */
  audit: Logger | null;
  /** @default none */
  webhooks?: WebhookOptions | undefined;
  /** What receivers of webhooks are told of a clip. */
  describeClip?: OutboxOptions["describe"];
  /**
   * Milliseconds since 1970.
   *
   * @default Date.now
   */
  now?: () => number;
}

/** What a request passes through, and what goes on beside the requests; put together. */
export interface Stations {
  clips: Clips;
  comparisons: Comparisons;
  uploads: Uploads;
  pullRequests: PullRequests;
  catalog: Catalog;
  /** What goes on beside the requests, the first kind leading to the second. */
  workers: readonly Worker[];
  sweeper: Sweeper;
  /** Closes the connections of the workers, once they have stopped. */
  closeConnections(): Promise<void>;
}

export function openStations(options: StationOptions): Stations {
  const { store, media, logger, audit, measure, secret, urlLifetime, findLimits } = options;
  const { now = () => Date.now() } = options;
  const onDamage = logDamage(logger);
  const catalog = new StoreCatalog({ store, now, onDamage });
  const retention = new Retention(findLimits, now, options.history);
  const objects = new JsonObjects(store, onDamage);
  const quota = new DayQuota({ objects, findLimits, now });
  const room = new Room(store, () => sweeper.sweep());
  const open = new OpenUploads({ store, catalog, room, quota, now });
  const joined = new JoinedUploads({ store, catalog, logger, retention, now });
  const onRenditionDue = () => renditions.wake();
  const announcer = openAnnouncer(options, catalog, now);
  const verifier = new Verifier({
    ...{ store, catalog, logger, measure, media, onRenditionDue, announcer },
  });
  const work = { catalog, open, joined, verifier, now };
  const worker = new Worker({
    ...{ kind: "verification", list: catalog.verifications, logger, measure, placesForOthers },
    clipsAtOnce: verificationsAtOnce,
    crash: "verification crashed, the clip stays pending",
    work: (lease, signal) => workOnClip(work, lease, signal),
  });
  const renderer = new Renderer({ store, catalog, logger, media });
  const renditions = new Worker({
    ...{ kind: "rendition", list: catalog.renditions, logger, measure, placesForOthers: 0 },
    clipsAtOnce: renditionsAtOnce,
    crash: "making a rendition crashed",
    work: async (lease, signal, begin) =>
      renderer.render(await catalog.read(lease.id, { signal }), { ...lease, begin }, signal),
  });
  const comparer = new Comparer({ store, objects, catalog, logger, measure, media, now });
  const comparing = new Worker({
    ...{ kind: "comparison", list: catalog.comparisons, logger, measure, placesForOthers: 0 },
    clipsAtOnce: comparisonsAtOnce,
    pollInterval: comparisonInterval,
    crash: "comparing clips crashed",
    work: (lease, signal, begin) => comparer.compare(lease, signal, begin),
  });
  const deletion = new Deletion({ store, catalog, measure, announcer, now });
  const tidying = new Tidying({
    ...{ store, catalog, open, joined, deletion, worker, retention, logger, audit, now },
  });
  const sweeper = new Sweeper({ store, catalog, tidying, logger });
  const ids = new ClipIds(secret);
  const pullRequests = new PullRequests({ catalog, retention, now });
  const uploads = new Uploads({
    ...{ store, catalog, ids, open, joined, pullRequests, worker, urlLifetime, now },
  });
  const clips = new Clips(catalog, deletion);
  const comparisons = new Comparisons({
    ...{ store, objects, catalog, clips, worker: comparing, logger },
  });
  const workers = [worker, renditions, comparing, ...announcer.workers];
  const closeConnections = () => announcer.close();
  return { clips, comparisons, uploads, pullRequests, catalog, workers, sweeper, closeConnections };
}
