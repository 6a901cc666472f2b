import { expect, test } from "vitest";
import { buildMarkdown } from "../src/index.js";
import { makeRecord } from "./records.js";

test("a name that looks like a domain is none, and the ending of a video is left as it is", () => {
  const record = {
    ...makeRecord("0.aC.mp4", "one"),
    notes: ["See clips.example or a.mov, 1.5 s, //0.0."],
  };
  const markdown = buildMarkdown([record]);
  expect(markdown).toContain("<code>0&#46;aC.mp4</code>");
  expect(markdown).toContain("See clips&#46;example or a.mov, 1.5 s, &#47;/0.0.");
});

test("notes of a service or a results file notify nobody, on any forge", () => {
  const record = { ...makeRecord("@all.mp4", "one"), notes: ["@all: look, @octo/team <b>"] };
  const markdown = buildMarkdown([record]);
  expect(markdown).toContain("&#64;&#8203;all&#58; look, &#64;&#8203;octo/team &#60;b&#62;");
  expect(markdown).not.toContain("@");
  // Within code forges look for no names, and what is copied from there is the name of the file.
  expect(markdown).toContain("<code>&#64;all");
});
