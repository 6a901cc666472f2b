import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { openStations } from "../../packages/service/dist/stations.js";
import type { Ground } from "./ground.ts";
import { type Inventory, takeInventory } from "./inventory.ts";

const day = 24 * 60 * 60 * 1000;

/** What a run has left: before and after the sweep that the service makes nine days later. */
export async function sweepLater(ground: Ground): Promise<{ before: Inventory; after: Inventory }> {
  const now = () => Date.now() + 9 * day;
  const store = await ground.openStore(now);
  const problems: string[] = [];
  const logger = pino({ level: "warn" }, { write: (line: string) => void problems.push(line) });
  try {
    const before = await takeInventory(ground, store);
    const secret = randomUUID();
    const { sweeper, workers } = openStations({
      ...{ store, media: null, logger, measure: () => {}, secret, urlLifetime: 60, now },
      findLimits: () => ({}),
      audit: null,
    });
    await sweeper.sweep();
    // What a killed process had begun is due by then, too.
    for (const worker of workers) {
      worker.start();
      await worker.settled();
      await worker.close();
    }
    if (problems.length > 0) throw new Error(`The sweep failed:\n${problems.join("")}`);
    return { before, after: await takeInventory(ground, store) };
  } finally {
    store.close?.();
  }
}
