import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const line = /^\d+ +(?<text>.*)$/;
const unfinished = /^(?<start>.*) <unfinished \.\.\.>$/;
const resumed = /^<\.\.\. \w+ resumed>(?<rest>.*)$/;

/**
 * Runs a script under strace and returns the system calls that succeeded, in the order in which they
 * ended, as strace writes them.
 */
export async function traceCalls(
  calls: readonly string[],
  args: readonly string[],
  report: string,
): Promise<string[]> {
  const options = ["-f", "-y", "-s", "64", "-o", report, "-e", `trace=${calls.join(",")}`];
  await run("strace", [...options, process.execPath, ...args], {
    env: { PATH: process.env.PATH },
  });
  const begun = new Map<string, string>();
  const ended: string[] = [];
  for (const entry of (await readFile(report, "utf8")).split("\n")) {
    const text = line.exec(entry)?.groups?.text;
    if (text === undefined) continue;
    const [thread = ""] = entry.split(" ", 1);
    const start = unfinished.exec(text)?.groups?.start;
    if (start !== undefined) {
      begun.set(thread, start);
      continue;
    }
    const rest = resumed.exec(text)?.groups?.rest;
    const call = rest === undefined ? text : `${begun.get(thread)}${rest}`;
    if (/ = \d+/.test(call)) ended.push(call);
  }
  return ended;
}

/**
 * A call in short: its name and the paths below `folder`, with `#` for what is random in them. `null`
 * where no path lies there.
 */
export function shortenCall(call: string, folder: string): string | null {
  const name = call.slice(0, call.indexOf("("));
  const paths = [...call.matchAll(/["<](\/[^">]*)[">]/g)]
    .map(([, found = ""]) => found)
    .filter((found) => found === folder || found.startsWith(`${folder}/`))
    .map((found) => path.relative(folder, found).replace(/[0-9a-f-]{36}|\d{16}/g, "#") || ".");
  return paths.length === 0 ? null : `${name} ${[...new Set(paths)].join(" ")}`;
}
