import { lstat, readdir, realpath, stat } from "node:fs";
import type { GlobOptions } from "tinyglobby";

/**
 * The file system for a search by pattern, which passes over everything that it cannot read. Here a
 * folder that cannot be read is reported, and a link that cannot be followed counts as a file: so it is
 * found where a pattern matches it, and whoever looks at it learns what is wrong.
 *
 * @param onUnreadable called with the folder's path and the code of the error
 */
export function createSearchFs(
  onUnreadable: (folder: string, code: string) => void,
): NonNullable<GlobOptions["fs"]> {
  // Proxies keep the overloads that the types ask for; only the forms that the search uses are called.
  return {
    readdir: new Proxy(readdir, {
      apply(list, _, [folder, options, callback]) {
        list(folder, options, (error, entries) => {
          // Nobody expects what is not there to be searched.
          if (error !== null && error.code !== "ENOENT" && error.code !== "ENOTDIR") {
            onUnreadable(folder, error.code ?? error.message);
          }
          callback(error, entries);
        });
      },
    }),
    realpath: new Proxy(realpath, {
      apply(resolve, _, [file, callback]) {
        resolve(file, (error, resolved) => callback(null, error === null ? resolved : file));
      },
    }),
    stat: new Proxy(stat, {
      apply(read, _, [file, callback]) {
        read(file, (error, stats) => {
          if (error === null) callback(null, stats);
          else lstat(file, callback);
        });
      },
    }),
  };
}
