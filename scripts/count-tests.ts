/**
 * Counts what the suites really ran, from the reports that they wrote, and prints the closing line.
 * A suite without a report did not run: that is a failure.
 *
 *   node scripts/count-tests.ts <reports folder> <suite>…
 */
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";

const [folder = "", ...suites] = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const suite of suites) {
  const report = await readReport(suite);
  const count = report && countTests(report);
  if (report === undefined || count === undefined) {
    console.log(`${suite}: did not run`);
    failed++;
    continue;
  }
  for (const failure of listFailures(report)) console.log(failure);
  console.log(`${suite}: ${count.passed} passed, ${count.failed} failed`);
  passed += count.passed;
  failed += count.failed;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

/** What is read of vitest's JSON report. The suites that are no vitest write the counts alone. */
interface Report {
  numPassedTests?: number;
  numTotalTests?: number;
  numFailedTestSuites?: number;
  testResults?: TestFile[];
}

interface TestFile {
  name: string;
  status: string;
  message?: string;
  assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
}

async function readReport(suite: string): Promise<Report | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, `${suite}.json`), "utf8"));
  } catch {
    return undefined;
  }
}

// What is pending was skipped, and a suite that could not be loaded has no tests at all: neither
// is a pass.
function countTests(report: Report): { passed: number; failed: number } | undefined {
  const { numPassedTests: passed = 0, numTotalTests: total = 0, numFailedTestSuites = 0 } = report;
  if (total === 0) return undefined;
  return { passed, failed: Math.max(total - passed, Math.min(numFailedTestSuites, 1)) };
}

// Named again at the end: what a suite printed of them may be thousands of lines before.
function* listFailures({ testResults = [] }: Report): Generator<string> {
  for (const { name, status, message = "", assertionResults } of testResults) {
    const file = relative(process.cwd(), name);
    const others = assertionResults.filter((test) => test.status !== "passed");
    for (const test of others) {
      const reason = test.failureMessages?.join("\n") || test.status;
      const lines = reason.split("\n").filter((line) => !line.includes("node_modules"));
      yield `✗ ${file}: ${test.fullName}\n${lines.slice(0, 12).join("\n")}`;
    }
    if (status !== "passed" && others.length === 0) yield `✗ ${file}: ${message}`;
  }
}
