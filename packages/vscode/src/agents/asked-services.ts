import type { Service } from "../services/services.js";

/** Which service the question before an upload named. The editor tells a tool only its input again. */
export class AskedServices {
  readonly #ids = new Map<string, string>();

  /** @param service the one that the question names, if it names one */
  note(input: unknown, service: Service | undefined): void {
    const key = JSON.stringify(input);
    if (service === undefined) this.#ids.delete(key);
    else this.#ids.set(key, service.id);
  }

  /** Whether the last question for this input named another service. It is forgotten then. */
  takeIsOther(input: unknown, service: Service): boolean {
    const key = JSON.stringify(input);
    const id = this.#ids.get(key);
    this.#ids.delete(key);
    return id !== undefined && id !== service.id;
  }
}
