import type { UploadRecord } from "@clipcourier/batch";
import { expect, test } from "vitest";
import { describeUnlinked } from "../src/terminal.js";

const note = "There is no link to it: Asking for a link to clip c1 was answered with 403: no.";
const record = (more: Partial<UploadRecord>) =>
  ({ file: "pays.webm", id: "c1", notes: [], ...more }) as UploadRecord;
const unlinked = record({ private: true, notes: ["No thumbnail.", note] });

test("private clips without a link are told, with the reason of the first", () => {
  const linked = record({ private: true, link: "https://clips.example.com/c/c1?signature=s" });
  const failed = record({ private: true, id: null });
  expect(describeUnlinked([linked, failed, record({})])).toBeUndefined();
  expect(describeUnlinked([linked, unlinked])).toBe(
    `1 private clip without a link, such as pays.webm: ${note}`,
  );
  const two = describeUnlinked([unlinked, { ...unlinked, file: "signs in.webm" }]);
  expect(two).toBe(`2 private clips without a link, such as pays.webm: ${note}`);
});
