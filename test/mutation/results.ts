import { readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { remarks } from "./remarks.ts";

/** What became of a mutant, in Stryker's words. */
export interface MutationResult {
  fileName: string;
  status: string;
}

/** How many mutants of a file were noticed, and how. */
interface FileResult {
  target: string;
  /** A test failed. */
  killed: number;
  /** The tests did not end. */
  timeout: number;
  /** Every test passed. */
  survived: number;
  /** No test of the target gets there. */
  noCoverage: number;
}

type Results = Record<string, FileResult>;

const root = resolve(import.meta.dirname, "../..");
const data = join(import.meta.dirname, "results.json");
const page = join(import.meta.dirname, "results.md");

/** Writes the figures of these files, and leaves those of others as they are. */
export async function keepResults(
  target: string,
  files: readonly string[],
  mutants: readonly MutationResult[],
): Promise<void> {
  const results: Results = await readFile(data, "utf8").then(JSON.parse, () => ({}));
  for (const file of files) {
    const statuses = mutants
      .filter(({ fileName }) => relative(root, fileName) === file)
      .map(({ status }) => status);
    const count = (name: string) => statuses.filter((status) => status === name).length;
    if (statuses.length === 0) continue;
    results[file] = {
      target,
      killed: count("Killed"),
      timeout: count("Timeout"),
      survived: count("Survived"),
      noCoverage: count("NoCoverage"),
    };
  }
  const sorted = Object.fromEntries(Object.entries(results).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(data, `${JSON.stringify(sorted, null, 2)}\n`);
  await writeFile(page, formatMarkdown(sorted));
}

function formatMarkdown(results: Results): string {
  const rows = Object.entries(results).map(
    ([file, { target, killed, timeout, survived, noCoverage }]) =>
      [
        `\`${file.replace("/src/", "/")}\``,
        target,
        `${formatScore({ killed, timeout, survived, noCoverage })}`,
        killed,
        timeout,
        survived,
        noCoverage,
        remarks[file] ?? "",
      ].join(" | "),
  );
  return [
    "# What the tests notice",
    "",
    "Written by `npx -y pnpm@12 test:mutation`. [README.md](README.md) says what the columns mean.",
    "",
    "| file | target | score | killed | timed out | survived | not reached | what survives |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
    "",
  ].join("\n");
}

function formatScore(result: Omit<FileResult, "target">): string {
  const noticed = result.killed + result.timeout;
  const all = noticed + result.survived + result.noCoverage;
  return `${Math.round((noticed / all) * 100)} %`;
}
