import { type ClientOptions, checkClientOptions } from "./client-options.js";
import { HashWorkers } from "./fingerprint/hash-workers.js";
import { StorageHosts } from "./http/storage-hosts.js";
import { createTransport } from "./http/transport-options.js";
import { parseRootUrl } from "./options.js";
import { Api } from "./protocol/api.js";
import { Authorization } from "./protocol/authorization.js";
import { Protocol } from "./protocol/protocol.js";
import { Secrets } from "./redact.js";
import type { ClientContext } from "./upload/context.js";

/**
 * What a client's calls and uploads share.
 *
 * @param closed aborted when the client is closed
 * @throws `invalid_option` where an option of the client is none
 */
export function createClientContext(options: ClientOptions, closed: AbortSignal): ClientContext {
  const limits = checkClientOptions(options);
  const { appId, retry = {}, stateFolder, fingerprintCache = false } = options;
  const rootUrl = parseRootUrl(options.rootUrl);
  const secrets = new Secrets([], options.onSecret);
  const transport = createTransport(options);
  const api = new Api({ rootUrl, appId, transport, retry, limits, secrets });
  // A service checks the audience, so that a token made for another service is of no use to it.
  const { origin: audience } = rootUrl;
  const authorization = new Authorization({ api, secrets, credentials: options, audience });
  return {
    protocol: new Protocol(api, authorization, secrets),
    transport,
    storageHosts: new StorageHosts(rootUrl, options.allowedStorageHosts),
    workers: new HashWorkers(),
    stateFolder,
    cacheFolder: fingerprintCache ? stateFolder : undefined,
    account: `${rootUrl.href} ${appId}`,
    byChecksum: new Map(),
    closed,
  };
}
