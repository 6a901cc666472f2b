import { expect, test } from "vitest";
import {
  fitInto,
  renderClip,
  renderPlaceholder,
  type ShownClip,
} from "../src/writing/render-clip.js";
import { findSyntax, writingLanguages } from "../src/writing/syntaxes.js";

const url = "https://clips.test/c/1";
const clip: ShownClip = {
  ...{ id: "1", title: "intro.mp4", url },
  ...{ thumbnail: `${url}/thumbnail.jpg`, preview: `${url}/preview.gif` },
};

function render(language: string, given: Partial<ShownClip> = {}, template?: string): string {
  return renderClip({ ...clip, ...given }, findSyntax(language, `/a.${language}`), template);
}

const gif = `${url}/preview.gif`;

test.each([
  ["markdown", `[![intro.mp4](${gif})](${url})`],
  ["mdx", `[![intro.mp4](${gif})](${url})`],
  ["html", `<a href="${url}"><img src="${gif}" alt="intro.mp4"></a>`],
  ["asciidoc", `image:${gif}["intro.mp4",link="${url}"]`],
  ["restructuredtext", `.. image:: ${gif}\n   :target: ${url}\n   :alt: intro.mp4`],
  ["typescript", url],
])("a clip in %s is a picture that links to it", (language, expected) => {
  expect(render(language)).toBe(expected);
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are the variables of a template

test("without a preview it shows the thumbnail, and without both it is a link", () => {
  expect(render("markdown", { preview: null })).toBe(
    `[![intro.mp4](${url}/thumbnail.jpg)](${url})`,
  );
  const none = { preview: null, thumbnail: null };
  expect(render("markdown", none)).toBe(`[intro.mp4](${url})`);
  expect(render("html", none)).toBe(`<a href="${url}">intro.mp4</a>`);
  expect(render("asciidoc", none)).toBe(`link:${url}["intro.mp4"]`);
  expect(render("restructuredtext", none)).toBe(`\`intro.mp4 <${url}>\`__`);
  expect(render("markdown", none, "![](${thumbnail})")).toBe(`[intro.mp4](${url})`);
});

test("a template of one's own has all five variables, and what it does not know stays", () => {
  const template = "${id} ${title} ${url} ${thumbnail} ${preview} ${other} $$";
  expect(render("markdown", {}, template)).toBe(
    `1 intro.mp4 ${url} ${url}/thumbnail.jpg ${gif} \${other} $$`,
  );
});

test("a name that holds a variable is not filled in itself", () => {
  expect(render("html", { title: "${url}$&" })).toContain('alt="${url}$&amp;"');
});

const hostile = '](x) "a" <b>`c`*d*_e_ @me {f} | [g]&lt;.mp4';

test.each([
  [
    "markdown",
    "\\]\\(x\\) &quot;a&quot; &lt;b&gt;\\`c\\`\\*d\\*\\_e\\_ &#64;me \\{f\\} \\| \\[g\\]&amp;lt;.mp4",
  ],
  ["html", "](x) &quot;a&quot; &lt;b&gt;`c`*d*_e_ @me {f} | [g]&amp;lt;.mp4"],
  [
    "asciidoc",
    "&#93;&#40;x&#41; &quot;a&quot; &lt;b&gt;&#96;c&#96;&#42;d&#42;&#95;e&#95; &#64;me &#123;f&#125; &#124; &#91;g&#93;&amp;lt&#59;.mp4",
  ],
  ["plaintext", "x a b c d e me f g lt .mp4"],
  ["vue", "](x) &quot;a&quot; &lt;b&gt;`c`*d*_e_ @me &#123;f&#125; | [g]&amp;lt;.mp4"],
  ["restructuredtext", '](x) "a" \\<b\\>\\`c\\`\\*d\\*\\_e\\_ @me {f} \\| [g]&lt;.mp4'],
])("a file name in %s is data", (language, expected) => {
  expect(render(language, { title: hostile }, "${title}")).toBe(expected);
});

test("a name is one line, and turns no text around", () => {
  for (const language of [...writingLanguages, "plaintext"]) {
    const text = render(
      language,
      { title: "a\r\nb\u2028c\u202e\u2066d\u0000.mp4\u200f" },
      "${title}",
    );
    expect(text, language).toBe("a b cd .mp4");
  }
});

// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the templates end here

test("an address ends no syntax, and only web addresses are written", () => {
  const odd = "https://clips.test/c/a)b]c'd\"e_?x=1&copy;=__f_";
  expect(render("markdown", { url: odd })).toContain(
    "](https://clips.test/c/a%29b%5Dc%27d%22e_?x=1&amp;copy;=_%5Ff%5F)",
  );
  expect(render("html", { url: odd })).toContain('?x=1&amp;copy;=_%5Ff%5F"');
  expect(render("html", { url: "http://[::1]:4280/c/1" })).toContain('"http://[::1]:4280/c/1"');
  expect(render("markdown", { url: "javascript:alert(1)" })).toBe("intro.mp4");
  expect(render("markdown", { preview: "data:text/html,x" })).toContain("thumbnail.jpg");
});

test.each([
  ["markdown", "[Uploading a\\].mp4…](uploading:12)"],
  ["html", '<a href="uploading:12">Uploading a].mp4…</a>'],
  ["asciidoc", 'link:uploading:12["Uploading a&#93;.mp4…"]'],
  ["restructuredtext", "`Uploading a].mp4… <uploading:12>`__"],
])("a placeholder in %s is a link", (language, expected) => {
  const syntax = findSyntax(language, "/a");
  expect(renderPlaceholder("Uploading a].mp4…", "uploading:12", syntax)).toBe(expected);
});

test("files of languages that nobody has installed are known by their names", () => {
  const named = (name: string) => findSyntax("plaintext", `/folder/${name}`);
  expect(named("a.MDX")).toBe(findSyntax("markdown", "/a.txt"));
  expect(named("a.adoc")).toBe(findSyntax("asciidoc", "/a"));
  expect(named("a.rst")).toBe(findSyntax("restructuredtext", "/a"));
  expect(named("a.txt").link).not.toContain("title");
});

test("a block gets lines of its own, in the indentation of its place", () => {
  const empty = { before: "", after: "", above: "", below: "" };
  const block = ".. image:: a\n   :alt: b";
  expect(fitInto("one line", { ...empty, before: "text ", after: " text" })).toBe("one line");
  expect(fitInto(block, empty)).toBe(block);
  expect(fitInto(block, { before: "  see ", after: ", ok", above: "x", below: "y" })).toBe(
    "\n\n  .. image:: a\n     :alt: b\n\n  ",
  );
  expect(fitInto(block, { ...empty, before: "  ", above: "x", below: "y" })).toBe(
    "\n  .. image:: a\n     :alt: b\n",
  );
});
