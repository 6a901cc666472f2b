import type { CallOptions, ObjectStore } from "../store/object-store.js";
import type { Reminder } from "./catalog.js";
import { dayOf, prefixes, reminderKey, reminderOf } from "./keys.js";

/**
 * Which clips have to be looked at from which day on: an empty object for each, so that what is
 * abandoned is found without a look at everything.
 */
export class Reminders {
  readonly #store: ObjectStore;
  readonly #now: () => number;

  constructor(store: ObjectStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async add(id: string, time: number): Promise<void> {
    await this.#store.putObject(reminderKey(time, id), "");
  }

  async *due(options: CallOptions = {}): AsyncGenerator<Reminder> {
    const today = dayOf(this.#now());
    let startAfter: string | undefined;
    do {
      const { objects, next } = await this.#store.listObjects(prefixes.expire, {
        ...options,
        keysOnly: true,
        ...(startAfter !== undefined && { startAfter }),
      });
      for (const { key } of objects) {
        const reminder = reminderOf(key);
        if (!reminder) continue;
        if (reminder.day >= today) return;
        yield { id: reminder.id, key };
      }
      startAfter = next ?? undefined;
    } while (startAfter !== undefined);
  }

  async drop(reminders: readonly Reminder[]): Promise<void> {
    if (reminders.length > 0) await this.#store.deleteObjects(reminders.map(({ key }) => key));
  }
}
