import { randomUUID } from "node:crypto";
import { commands, type Disposable, EventEmitter, type ExtensionContext } from "vscode";

/** A service that the person has connected to. Its secret is in SecretStorage. */
export interface Service {
  id: string;
  /** Its name for people: the host, and the port when it is not the default one. */
  label: string;
  rootUrl: string;
  appId: string;
  /** Whether it was started by Try It Locally, and can be started again. */
  isLocal: boolean;
}

const servicesKey = "clipcourier.services";
const activeKey = "clipcourier.activeService";

/** The services of this user: addresses are in the global state, secrets in SecretStorage. */
export class Services implements Disposable {
  readonly #context: ExtensionContext;
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #forgotten = new EventEmitter<Service>();
  /** The event has the service that was disconnected from, when no app of it is left. */
  readonly onDidForget = this.#forgotten.event;

  constructor(context: ExtensionContext) {
    this.#context = context;
    this.#updateMenus();
  }

  list(): Service[] {
    return this.#context.globalState.get<Service[]>(servicesKey, []);
  }

  find(id: string): Service | undefined {
    return this.list().find((service) => service.id === id);
  }

  /** The service that uploads go to. */
  get active(): Service | undefined {
    const id = this.#context.globalState.get<string>(activeKey);
    return this.list().find((service) => service.id === id) ?? this.list()[0];
  }

  async readSecret(service: Service): Promise<string | undefined> {
    return this.#context.secrets.get(secretKey(service.id));
  }

  /**
   * Stores a service and makes it active. It replaces one of the same app at the same address; that of
   * this machine, which may be at another address after a start, the one of the same app.
   */
  async keep(given: Omit<Service, "id" | "label">, appSecret: string): Promise<Service> {
    const { rootUrl, appId, isLocal } = given;
    const known = this.list().find(
      (one) => one.appId === appId && (one.rootUrl === rootUrl || (isLocal && one.isLocal)),
    );
    const service = { ...given, id: known?.id ?? randomUUID(), label: new URL(rootUrl).host };
    const others = this.list().filter((one) => one.id !== service.id);
    await this.#context.secrets.store(secretKey(service.id), appSecret);
    await this.#context.globalState.update(servicesKey, [...others, service]);
    await this.activate(service);
    return service;
  }

  async activate(service: Service): Promise<void> {
    await this.#context.globalState.update(activeKey, service.id);
    this.#notify();
  }

  /** Forgets the service and its secret. */
  async forget(service: Service): Promise<void> {
    const { id, rootUrl } = service;
    await this.#context.secrets.delete(secretKey(id));
    await this.#context.globalState.update(
      servicesKey,
      this.list().filter((one) => one.id !== id),
    );
    this.#notify();
    // Another app of the same service may be connected still.
    if (!this.list().some((one) => one.rootUrl === rootUrl)) this.#forgotten.fire(service);
  }

  dispose(): void {
    this.#forgotten.dispose();
    this.#changed.dispose();
  }

  #notify(): void {
    this.#updateMenus();
    this.#changed.fire();
  }

  #updateMenus(): void {
    const isConnected = this.active !== undefined;
    void commands.executeCommand("setContext", "clipcourier.isConnected", isConnected);
  }
}

function secretKey(id: string): string {
  return `clipcourier.secret.${id}`;
}
