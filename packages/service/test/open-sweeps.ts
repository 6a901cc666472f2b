import { pino } from "pino";
import type { FindAccountLimits } from "../src/limits/account-limits.js";
import { openStations, type StationOptions } from "../src/stations.js";
import { openGround, type TestService } from "./start-test-service.js";

const hour = 60 * 60 * 1000;

/** Sweeps so many hours later, as another process would, and tells how much of a clip is stored then. */
export async function openSweeps(
  { folder }: TestService,
  findLimits: FindAccountLimits = () => ({}),
  options: Partial<StationOptions> = {},
) {
  const { store, secret } = await openGround(folder);
  let time = Date.now();
  const start = time;
  const logger = pino({ level: "silent" });
  const lines: string[] = [];
  const audit = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  const { sweeper, catalog, clips, uploads } = openStations({
    ...{
      store,
      secret,
      logger,
      media: null,
      measure: () => {},
      urlLifetime: 60,
      findLimits,
      audit,
    },
    now: () => time,
    ...options,
  });
  const sweepAt = async (hours: number, id: string): Promise<number> => {
    time = start + hours * hour;
    await sweeper.sweep();
    return (await store.listObjects(`clips/${id}/`)).objects.length;
  };
  return {
    store,
    catalog,
    clips,
    uploads,
    sweepAt,
    readAudit: () => lines.map((line) => JSON.parse(line)),
  };
}
