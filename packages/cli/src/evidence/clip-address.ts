import { UsageError } from "@clipcourier/batch";

/** Where a service has what belongs to one clip. */
export interface ClipAddress {
  id: string;
  statementsUrl: string;
  downloadUrl: string;
  /** The public keys of the service at this address, whatever an answer names. */
  keysUrl: string;
}

/** Whether an argument is the address of a clip, and not the path of a file. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** @throws UsageError where it is not the address of a clip's page, or of something below it */
export function parseClipAddress(text: string): ClipAddress {
  const url = URL.parse(text);
  const [, root, id] = /^(.*\/)c\/([\w-]{24})(?:[/.].*)?$/.exec(url?.pathname ?? "") ?? [];
  if (!url || root === undefined || id === undefined) {
    throw new UsageError(
      "The address is not that of a clip, such as https://clips.example.com/c/<id>.",
    );
  }
  const below = (name: string) => {
    const address = new URL(`${root}c/${id}/${name}`, url);
    // The signature of a link to a private clip; not the moment at which a page begins.
    for (const key of ["expires", "signature"]) {
      const value = url.searchParams.get(key);
      if (value !== null) address.searchParams.set(key, value);
    }
    return address.href;
  };
  return {
    id,
    statementsUrl: below("statements.json"),
    downloadUrl: below("download"),
    keysUrl: new URL(`${root}.well-known/clipcourier/jwks.json`, url).href,
  };
}
