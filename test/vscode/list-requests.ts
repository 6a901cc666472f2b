import type { FrontedService } from "./fronted-service.ts";

/** The queries of the requests for clips, in order. */
export function readListRequests({ front }: FrontedService): URLSearchParams[] {
  return front.log.filter(({ path }) => path.endsWith("/me/videoclips")).map(({ query }) => query);
}
