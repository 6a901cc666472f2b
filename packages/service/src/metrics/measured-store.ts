import { HttpError } from "../http-error.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { Measure } from "./measure.js";

/** The same store, whose failures are counted: those of the store, not those that a client caused. */
export function measureStore(store: ObjectStore, measure: Measure): ObjectStore {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function" || typeof name !== "string") return value;
      return (...args: unknown[]): unknown => {
        const result: unknown = value.apply(target, args);
        if (!(result instanceof Promise)) return result;
        return result.catch((error: unknown) => {
          if (isFailure(error, args)) measure({ event: "store-error", operation: name });
          throw error;
        });
      };
    },
  });
}

function isFailure(error: unknown, args: readonly unknown[]): boolean {
  // A body that the store reads breaks off with an HttpError where its client is too slow.
  if (error instanceof StoreError || error instanceof HttpError) return false;
  return !args.some(isAborted);
}

/** Whether these options of a call have a signal that has ended it. */
function isAborted(options: unknown): boolean {
  if (typeof options !== "object" || options === null || !("signal" in options)) return false;
  return options.signal instanceof AbortSignal && options.signal.aborted;
}
