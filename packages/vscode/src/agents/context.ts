import type { LogOutputChannel } from "vscode";
import type { Service, Services } from "../services/services.js";
import type { Uploads } from "../upload/uploads.js";

/** What programs in the editor work with. */
export interface AgentsContext {
  uploads: Uploads;
  services: Services;
  log: LogOutputChannel;
  /** The active service, or one that the person connects to now. */
  requireService(): Promise<Service | undefined>;
  /** A folder outside of the workspace. */
  storage: string;
}
