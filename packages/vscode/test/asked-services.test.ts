import { expect, test } from "vitest";
import { AskedServices } from "../src/agents/asked-services.js";

const makeService = (id: string) => ({
  ...{ id, label: id, rootUrl: `https://${id}.example`, appId: "app", isLocal: false },
});
const [first, second] = [makeService("first"), makeService("second")];
const input = { paths: ["a.mp4"] };

test("an upload to another service than the question named is noticed, once", () => {
  const asked = new AskedServices();
  asked.note(input, first);
  // The editor passes a copy.
  expect(asked.takeIsOther(structuredClone(input), second)).toBe(true);
  expect(asked.takeIsOther(input, second)).toBe(false);
});

test("the service of the question, and any after a question that named none, is none other", () => {
  const asked = new AskedServices();
  asked.note(input, first);
  expect(asked.takeIsOther(input, first)).toBe(false);
  asked.note(input, first);
  asked.note(input, undefined);
  expect(asked.takeIsOther(input, second)).toBe(false);
  asked.note({ paths: ["b.mp4"] }, first);
  expect(asked.takeIsOther(input, second)).toBe(false);
});
