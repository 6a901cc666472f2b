import type { Logger } from "pino";
import { StoreCatalog } from "./catalog/store-catalog.js";
import { ClipIds } from "./clips/clip-ids.js";
import { Clips } from "./clips/clips.js";
import { Deletion } from "./clips/deletion.js";
import { Verifier } from "./clips/verifier.js";
import type { Media } from "./media/types.js";
import type { ObjectStore } from "./store/object-store.js";
import { workOnClip } from "./upkeep/clip-work.js";
import { Sweeper } from "./upkeep/sweeper.js";
import { Tidying } from "./upkeep/tidying.js";
import { JoinedUploads } from "./uploads/joined-uploads.js";
import { OpenUploads } from "./uploads/open-uploads.js";
import { Room } from "./uploads/room.js";
import { Uploads } from "./uploads/uploads.js";
import { Worker } from "./work/worker.js";

export interface StationOptions {
  store: ObjectStore;
  media: Media | null;
  logger: Logger;
  secret: string;
  /** Seconds. */
  urlLifetime: number;
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
  uploads: Uploads;
  worker: Worker;
  sweeper: Sweeper;
}

export function openStations(options: StationOptions): Stations {
  const { store, media, logger, secret, urlLifetime, now = () => Date.now() } = options;
  const catalog = new StoreCatalog({
    store,
    now,
    onDamage: (damage) => logger.error(damage, "a damaged object was put aside"),
  });
  const room = new Room(store, () => sweeper.sweep());
  const open = new OpenUploads({ store, catalog, room, now });
  const joined = new JoinedUploads({ store, catalog, logger, now });
  const verifier = new Verifier({ store, catalog, logger, media });
  const work = { catalog, open, joined, verifier, now };
  const worker = new Worker({
    catalog,
    logger,
    work: (lease, signal) => workOnClip(work, lease, signal),
  });
  const deletion = new Deletion({ store, catalog, now });
  const tidying = new Tidying({ store, catalog, open, joined, deletion, worker, now });
  const sweeper = new Sweeper({ store, catalog, tidying, logger });
  const ids = new ClipIds(secret);
  const uploads = new Uploads({ store, catalog, ids, open, joined, worker, urlLifetime });
  return { clips: new Clips(catalog, deletion), uploads, worker, sweeper };
}
