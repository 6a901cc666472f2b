import type { TestCase, TestResult } from "@playwright/test/reporter";

type Annotations = TestCase["annotations"];

/**
 * Writes the link where other reporters find it when they write at the end of the run: the HTML report shows
 * what an attempt is annotated with, and the JUnit report has the annotations of its test as properties.
 */
export function annotate(
  test: Pick<TestCase, "annotations">,
  // Before version 1.52 an attempt has none of its own.
  result: Pick<TestResult, "retry"> & { annotations?: Annotations },
  link: string,
): void {
  // In a merged report a test and its last attempt have one list: the test gets one of its own.
  const type = result.retry > 0 ? `clip (retry ${result.retry})` : "clip";
  test.annotations = [...test.annotations, { type, description: link }];
  result.annotations?.push({ type: "clip", description: link });
}
