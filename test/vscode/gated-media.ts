import { createMedia, type Media } from "@clipcourier/service";

/** The service's own look into files, held back until it is let go. */
export interface GatedMedia extends Media {
  /** Resolves when there is a file to look into: its clip is pending then. */
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
    async inspect(file, signal) {
      asked.resolve();
      signal?.addEventListener("abort", () => opened.resolve());
      await opened.promise;
      return await media.inspect(file, signal);
    },
    close: () => media.close(),
  };
}
