/**
 * Counts what the suites really ran, from the reports that they wrote, and prints the closing line.
 * A suite without a report did not run: that is a failure.
 *
 *   node scripts/count-tests.ts <reports folder> <suite>…
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const [folder = "", ...suites] = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const suite of suites) {
  const report = await readReport(suite);
  if (report === undefined) {
    console.log(`${suite}: did not run`);
    failed++;
    continue;
  }
  console.log(`${suite}: ${report.passed} passed, ${report.failed} failed`);
  passed += report.passed;
  failed += report.failed;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

interface Count {
  passed: number;
  failed: number;
}

// Vitest's JSON report. What is pending was skipped, and a suite that could not be loaded has no
// tests at all: neither is a pass.
async function readReport(suite: string): Promise<Count | undefined> {
  try {
    const report: unknown = JSON.parse(await readFile(join(folder, `${suite}.json`), "utf8"));
    const count = (key: string) =>
      Number(Object.entries(report ?? {}).find(([k]) => k === key)?.[1] ?? 0);
    const passedTests = count("numPassedTests");
    const others = count("numTotalTests") - passedTests;
    const brokenFiles = count("numFailedTestSuites");
    if (passedTests + others === 0) return undefined;
    return { passed: passedTests, failed: Math.max(others, Math.min(brokenFiles, 1)) };
  } catch {
    return undefined;
  }
}
