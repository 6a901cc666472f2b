import path from "node:path";

/** Where a run, or this shard of one, writes its results. */
export function nameResultsFile(
  file: string,
  shard: { current: number } | null,
  folder: string,
): string {
  const { dir, name, ext } = path.parse(file);
  const own = shard === null ? file : path.join(dir, `${name}-${shard.current}${ext}`);
  return path.resolve(folder, own);
}
