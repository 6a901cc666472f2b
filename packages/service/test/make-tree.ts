import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** 1,000 folders of 100 objects each. */
export function makeTree(folder: string): void {
  const pad = (number: number) => String(number).padStart(3, "0");
  for (let outer = 0; outer < 1_000; outer++) {
    const inner = path.join(folder, pad(outer));
    mkdirSync(inner, { recursive: true });
    for (let index = 0; index < 100; index++) writeFileSync(path.join(inner, pad(index)), "");
  }
}
