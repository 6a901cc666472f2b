import type { Logger } from "pino";
import type { Catalog } from "../catalog/catalog.js";

/**
 * Tells where messages wait and this process has no receivers at all: they were taken out of its
 * configuration, or another process sends them.
 */
export async function tellOfWaitingMessages(
  { deliveries }: Pick<Catalog, "deliveries">,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  try {
    const webhooks = await deliveries.count({ signal });
    if (webhooks === 0) return;
    logger.warn({ webhooks }, "webhooks wait in the store, and this process knows no receiver");
  } catch (error) {
    if (!signal.aborted) logger.error({ err: error }, "waiting webhooks could not be counted");
  }
}
