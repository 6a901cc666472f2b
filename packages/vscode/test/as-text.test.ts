import { expect, test } from "vitest";
import { asText, withoutIcons } from "../src/texts/as-text.js";

// What the editor takes for a link in a notification (`parseLinkedText`).
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

test.each([
  "[Show details](command:workbench.action.togglePanel).mp4 is a clip now.",
  "[a](https://example.com/)](command:b).mp4",
  '[a](file:///etc/passwd "title").mp4',
  "Stopped. [a.mp4, ](command:b).mp4",
])("%s has no link for the editor", (message) => {
  expect(message).toMatch(link);
  expect(asText(message)).not.toMatch(link);
  expect(asText(message).replaceAll("\u200b", "")).toBe(message);
});

test("a message without a link stays as it is", () => {
  expect(asText("shot [1] (2).mp4 is a clip now.")).toBe("shot [1] (2).mp4 is a clip now.");
});

test("a label has no icon for the editor", () => {
  expect(withoutIcons("$(trash).mp4")).toBe("$\u200b(trash).mp4");
  expect(withoutIcons("cost $5 (a).mp4")).toBe("cost $5 (a).mp4");
});
