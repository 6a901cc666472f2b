import { HttpError } from "../../http-error.js";
import type { Route } from "../backend.js";

/** `GET /readyz`: whether requests can be served now, for a load balancer. */
export const getReadiness: Route = async (c, { readiness, logger, throttle }) => {
  if (readiness.isEnding) {
    throw new HttpError(503, "The service is ending.", { "Retry-After": "5" });
  }
  try {
    await readiness.check();
  } catch (error) {
    throttle.write("not ready", (suppressed) =>
      logger.error({ err: error, suppressed }, "not ready"),
    );
    throw new HttpError(503, "The store of the service cannot be used. Its log says why.", {
      "Retry-After": "5",
    });
  }
  return c.text("ready\n", 200, { "Cache-Control": "no-store" });
};
