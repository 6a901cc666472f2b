import { createMedia, type Media } from "@clipcourier/service";

/** The service's inspection of files, which waits until `open` is called. */
export interface GatedMedia extends Media {
  /** Resolves when a file is to be inspected: its clip is pending then. */
  readonly isAsked: Promise<void>;
  open(): void;
}

export function createGatedMedia(): GatedMedia {
  const media = createMedia();
  const asked = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    isAsked: asked.promise,
    open: () => opened.resolve(),
    async inspect(file, options, signal) {
      asked.resolve();
      if (signal?.aborted) opened.resolve();
      signal?.addEventListener("abort", () => opened.resolve());
      await opened.promise;
      return await media.inspect(file, options, signal);
    },
    render: media.render,
    close: () => media.close(),
  };
}
