import { join } from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import {
  type Disposable,
  type ExtensionContext,
  type LogOutputChannel,
  l10n,
  workspace,
} from "vscode";
import { Refusal } from "../texts/describe-error.js";
import { readNetwork, readStorageHosts } from "./network.js";
import type { Service, Services } from "./services.js";

/** What a client is made with: one that was made before they were changed is closed. */
const settings = ["http", "clipcourier.network", "clipcourier.allowedStorageHosts"];

/** Creates clients of the services, with the network settings of the editor. */
export class Clients implements Disposable {
  readonly #context: ExtensionContext;
  readonly #services: Services;
  readonly #log: LogOutputChannel;
  readonly #disposables: Disposable[];
  /** By the ids of their services. */
  readonly #shared = new Map<string, Promise<DirectUploadClient>>();

  constructor(context: ExtensionContext, services: Services, log: LogOutputChannel) {
    this.#context = context;
    this.#services = services;
    this.#log = log;
    this.#disposables = [
      services.onDidChange(() => this.#drop()),
      workspace.onDidChangeConfiguration((event) => {
        if (settings.some((name) => event.affectsConfiguration(name))) this.#drop();
      }),
    ];
  }

  /** A new client, which the caller closes. */
  async open(service: Service): Promise<DirectUploadClient> {
    const appSecret = await this.#services.readSecret(service);
    if (appSecret === undefined) {
      throw new Refusal(l10n.t("The secret of {0} is gone. Connect to it again.", service.label));
    }
    const { rootUrl, appId } = service;
    return this.create({ rootUrl, appId, appSecret });
  }

  /** A new client for keys that are not stored yet. */
  async create(keys: {
    rootUrl: string;
    appId: string;
    appSecret: string;
  }): Promise<DirectUploadClient> {
    return new DirectUploadClient({
      ...keys,
      ...(await readNetwork(keys.rootUrl, this.#log)),
      ...readStorageHosts(),
      stateFolder: join(this.#context.globalStorageUri.fsPath, "state"),
      fingerprintCache: true,
    });
  }

  /** A client that is shared by short requests, so that not each of them signs in. */
  async share(service: Service): Promise<DirectUploadClient> {
    const shared = this.#shared.get(service.id);
    if (shared !== undefined) return shared;
    const client = this.open(service);
    this.#shared.set(service.id, client);
    client.catch(() => {
      // Opening it may succeed the next time.
      if (this.#shared.get(service.id) === client) this.#shared.delete(service.id);
    });
    return client;
  }

  dispose(): void {
    this.#drop();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #drop(): void {
    const shared = [...this.#shared.values()];
    this.#shared.clear();
    for (const opening of shared) {
      opening.then(
        (client) => client.close(),
        () => {},
      );
    }
  }
}
