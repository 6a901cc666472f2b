import { expect, test } from "vitest";
import { DirectUploadError } from "../src/errors.js";
import { redact } from "../src/redact.js";

test.each([
  "https://b.s3.amazonaws.com/k?partNumber=1&X-Amz-Signature=SECRET&X-Amz-Expires=60",
  "https://b.s3.amazonaws.com/k?X-Amz-Security-Token=SECRET",
  "https://b.s3.amazonaws.com/k?AWSAccessKeyId=SECRET&Signature=SECRET",
  "http://127.0.0.1:80/parts/k?partNumber=1&signature=SECRET",
  "https://storage.googleapis.com/b/k?X-Goog-Signature=SECRET",
])("what makes a URL valid is removed: %s", (url) => {
  expect(redact(`PUT ${url} failed`)).not.toContain("SECRET");
  expect(new DirectUploadError("network", `PUT ${url} failed`).message).not.toContain("SECRET");
});

test("known secrets are removed wherever they stand, and nothing else is", () => {
  expect(redact("bad token abcdef for part 3", ["abcdef"])).toBe("bad token [redacted] for part 3");
});
