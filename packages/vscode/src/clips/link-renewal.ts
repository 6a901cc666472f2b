import type { Disposable } from "vscode";

/** The part of a link's time after which another one is asked for. */
const renewedAfter = 0.9;
/** Milliseconds. A timer takes no more. */
const longestDelay = 2 ** 31 - 1;
/** Milliseconds from a failure to the next attempt. */
const retryDelay = 60_000;

export interface LinkRenewalOptions {
  /** Asks for another link, and calls `start` for that one. */
  renew(): Promise<void>;
  /** Called when that has failed. It is tried again while the link opens the clip still. */
  onFailure(error: unknown): void;
  /** Called when the link has expired and the last attempt has failed. */
  onExpired(error: unknown): void;
}

/** Has a link that is in use replaced before it expires. */
export class LinkRenewal implements Disposable {
  readonly #options: LinkRenewalOptions;
  #timer: NodeJS.Timeout | undefined;
  /** Milliseconds since 1970. */
  #expires = 0;

  constructor(options: LinkRenewalOptions) {
    this.#options = options;
  }

  /** @param expiresOn when the link that is in use now expires; `null` for one that never does */
  start(expiresOn: string | null): void {
    this.dispose();
    this.#expires = Date.parse(expiresOn ?? "");
    const left = this.#expires - Date.now();
    // By this clock a new link has expired only where the clocks of service and editor differ by more than
    // its whole time. Every other one would have, too.
    if (left > 0) this.#renewAfter(Math.min(left * renewedAfter, longestDelay));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #renewAfter(delay: number): void {
    this.#timer = setTimeout(() => void this.#renew(), delay);
  }

  async #renew(): Promise<void> {
    const timer = this.#timer;
    try {
      await this.#options.renew();
    } catch (error) {
      // It was stopped, or started for another link, meanwhile.
      if (timer !== this.#timer) return;
      const left = this.#expires - Date.now();
      if (left <= 0) return this.#options.onExpired(error);
      this.#options.onFailure(error);
      this.#renewAfter(Math.min(left, retryDelay));
    }
  }
}
