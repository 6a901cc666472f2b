import { lstat, readdir, realpath, stat } from "node:fs";
import type { GlobOptions } from "tinyglobby";
import { decodeName, encodePath } from "./raw-names.js";

/** The part of `Dirent` that the search reads. */
interface Entry {
  name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/**
 * The file system that `tinyglobby` searches. By itself it ignores everything that it cannot read.
 * Here, a folder that cannot be read is reported; a link that cannot be followed, a pipe and a
 * socket are handed on as files, so that the caller finds out when a pattern matches them; and a
 * name that is not UTF-8 is kept, as `decodeName` describes.
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
      apply(list, _, [folder, , callback]) {
        const options = { withFileTypes: true, encoding: "buffer" } as const;
        list(encodePath(folder), options, (error, entries) => {
          // A folder that does not exist has nothing that could be missed.
          if (error !== null && error.code !== "ENOENT" && error.code !== "ENOTDIR") {
            onUnreadable(folder, error.code ?? error.message);
          }
          callback(error, entries?.map(toEntry));
        });
      },
    }),
    realpath: new Proxy(realpath, {
      apply(resolve, _, [file, callback]) {
        resolve(encodePath(file), "buffer", (error, resolved) =>
          callback(null, error === null ? decodeName(resolved) : file),
        );
      },
    }),
    stat: new Proxy(stat, {
      apply(read, _, [file, callback]) {
        read(encodePath(file), (error, stats) => {
          if (error === null) callback(null, stats);
          else lstat(encodePath(file), callback);
        });
      },
    }),
  };
}

function toEntry(entry: Omit<Entry, "name"> & { name: Buffer }): Entry {
  const isDirectory = entry.isDirectory();
  const isSymbolicLink = entry.isSymbolicLink();
  return {
    name: decodeName(entry.name),
    isFile: () => !isDirectory && !isSymbolicLink,
    isDirectory: () => isDirectory,
    isSymbolicLink: () => isSymbolicLink,
  };
}
