import { expect, test } from "vitest";
import { findPlaceholders } from "../src/writing/find-placeholders.js";
import { renderPlaceholder } from "../src/writing/render-clip.js";
import { findSyntax } from "../src/writing/syntaxes.js";

const marker = "uploading:0123456789ab";

function find(language: string, content: string): string[] {
  const spans = findPlaceholders(content, marker, findSyntax(language, "/a"));
  return spans.map(({ start, end }) => content.slice(start, end));
}

test.each(["markdown", "mdx", "html", "asciidoc", "restructuredtext"])(
  "a placeholder in %s is found as it was written, wherever it stands",
  (language) => {
    const text = renderPlaceholder(
      'Uploading ](x) "a" <b>`c`.mp4…',
      marker,
      findSyntax(language, "/a"),
    );
    expect(find(language, text)).toEqual([text]);
    expect(find(language, `[a](b) <a>b</a> ${text} and ${text}.`)).toEqual([text, text]);
    expect(find(language, text.replace("0123", "4567"))).toEqual([]);
  },
);

test.each([
  ["markdown", `[Uploading\nintro.mp4…](${marker})`],
  ["markdown", `[my title](<${marker}>)`],
  ["markdown", `![a [b] c](${marker} "title")`],
  ["html", `<a\n  class="x"\n  href="${marker}"\n  ><b>intro</b>\n</a\n>`],
  ["html", `<a href='${marker}'></a>`],
  ["asciidoc", `${marker}[other]`],
  ["restructuredtext", `\`Uploading\n  intro <${marker}>\`_`],
])("a placeholder in %s that was changed is found whole: %s", (language, text) => {
  expect(find(language, `a [b] \`c\` ${text} d`)).toEqual([text]);
});

test("in another language, or where it is no link any more, it is found all the same", () => {
  const link = `[Uploading intro.mp4…](${marker})`;
  expect(find("html", `<p>${link}</p>`)).toEqual([link]);
  expect(find("markdown", `<a href="${marker}">x</a>`)).toEqual([`<a href="${marker}">x</a>`]);
  expect(find("markdown", `see <${marker}>, and [a](b`)).toEqual([`<${marker}>`]);
});
