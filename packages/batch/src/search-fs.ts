import { lstat, readdir, realpath, stat } from "node:fs";
import type { GlobOptions } from "tinyglobby";

/**
 * The file system that `tinyglobby` searches. By itself it ignores everything that it cannot read.
 * Here, a folder that cannot be read is reported, and a link that cannot be followed is handed on
 * as a file, so that the caller finds out when a pattern matches it.
 *
 * @param onUnreadable called with the folder's path and the code of the error
 */
export function createSearchFs(
  onUnreadable: (folder: string, code: string) => void,
): NonNullable<GlobOptions["fs"]> {
  // The types ask for every overload of these functions, which a proxy keeps. fdir, which does the
  // search, calls only the forms below.
  return {
    readdir: new Proxy(readdir, {
      apply(list, _, [folder, options, callback]) {
        list(folder, options, (error, entries) => {
          // A folder that does not exist has nothing that could be missed.
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
