import type { ObjectStore } from "../src/index.js";

/** Calls that take the place of a store's; `undefined` where an engine has none such. */
export type InterceptedCalls = { [Name in keyof ObjectStore]?: ObjectStore[Name] | undefined };

/** A store some of whose calls are others, for what cannot be provoked in a real one. */
export function interceptStore(store: ObjectStore, calls: InterceptedCalls): ObjectStore {
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(calls, name)) return Reflect.get(calls, name);
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
