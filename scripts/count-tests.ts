/**
 * Counts the tests that really ran, from the reports of the suites, and prints the closing line. A
 * suite without a report did not run, which is a failure.
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

/** The part of vitest's JSON report that is used. Other suites write only the counts. */
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

// A pending test was skipped, and a file that could not be loaded has no tests: neither has passed.
function countTests(report: Report): { passed: number; failed: number } | undefined {
  const { numPassedTests: passed = 0, numTotalTests: total = 0, numFailedTestSuites = 0 } = report;
  if (total === 0) return undefined;
  return { passed, failed: Math.max(total - passed, Math.min(numFailedTestSuites, 1)) };
}

// Listed again at the end, because a suite may have printed them thousands of lines earlier.
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
