/** How a language writes the link to a clip. The values in its templates are escaped for it. */
export interface Syntax {
  /** What a clip with a picture becomes, unless the person has a template of their own. */
  picture: string;
  /** What a clip without a picture becomes. */
  link: string;
  escapeText(text: string): string;
  /** @param address is a URL without spaces, quotes and brackets */
  escapeAddress(address: string): string;
  /**
   * The pattern of a link to an address, whatever its title is.
   *
   * @param address has only letters, digits and colons
   */
  findLink(address: string): RegExp;
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "@": "&#64;",
};

// The references work in text as well as in the attributes of HTML within Markdown. A backslash would
// not end the meaning of a quote there, and an @ would call somebody.
const markdown: Syntax = {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are the variables of a template
  picture: "[![${title}](${preview})](${url})",
  link: "[${title}](${url})",
  escapeText: (text) =>
    text.replace(/[&<>"'@\\`*_{}[\]()#+!|~$]/g, (sign) => entities[sign] ?? `\\${sign}`),
  escapeAddress: (address) => address.replace(/&(?=#?\w+;)/g, "&amp;"),
  findLink: (address) =>
    new RegExp(
      String.raw`!?\[(?:\\.|[^[\]\\]|\[(?:\\.|[^[\]\\])*\])*\]\(\s*<?${address}>?(?:\s+["'][^"'\n]*["'])?\s*\)`,
      "gs",
    ),
};

const html: Syntax = {
  picture: '<a href="${url}"><img src="${preview}" alt="${title}"></a>',
  link: '<a href="${url}">${title}</a>',
  escapeText: escapeHtml,
  escapeAddress: escapeHtml,
  findLink: (address) =>
    new RegExp(String.raw`<a\b[^<>]*${address}[^<>]*>(?:(?!<a\b).)*?</a\s*>`, "gis"),
};

const asciidoc: Syntax = {
  picture: 'image:${preview}["${title}",link="${url}"]',
  link: 'link:${url}["${title}"]',
  // Any sign can be formatting here. Character references are resolved after formatting.
  escapeText: (text) =>
    text.replace(/[!-+/:-@[-`{-~]/g, (sign) => entities[sign] ?? `&#${sign.charCodeAt(0)};`),
  escapeAddress: (address) => address,
  findLink: (address) => new RegExp(String.raw`(?:link:)?${address}\[[^\]]*\]`, "g"),
};

const restructuredtext: Syntax = {
  picture: ".. image:: ${preview}\n   :target: ${url}\n   :alt: ${title}",
  link: "`${title} <${url}>`__",
  escapeText: (text) => text.replace(/[\\`*|<>]|(?<![^\W_])_|_(?![^\W_])/g, "\\$&"),
  escapeAddress: (address) => address,
  findLink: (address) =>
    new RegExp(String.raw`\x60(?:\\.|[^\x60\\])*<\s*${address}\s*>\x60__?`, "gs"),
};

/**
 * For files in other languages, which only *Insert Clip at Cursor* writes to. Their signs are not known,
 * so a name loses all of its own.
 */
const plain: Syntax = {
  picture: "${url}",
  link: "${url}",
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: the templates end here
  escapeText: (text) =>
    text
      .replace(/[^\p{L}\p{N}. -]+/gu, " ")
      .replace(/\s+/g, " ")
      .replace(/^[ -]+/, ""),
  escapeAddress: (address) => address,
  findLink: (address) => new RegExp(`<?${address}>?`, "g"),
};

/** For files with tags in which a brace begins code. */
const markup: Syntax = {
  ...plain,
  escapeText: (text) => escapeHtml(text).replace(/[{}]/g, (sign) => `&#${sign.charCodeAt(0)};`),
  escapeAddress: markdown.escapeAddress,
};

const byLanguage: Record<string, Syntax> = {
  ...{ markdown, mdx: markdown, html, asciidoc, restructuredtext },
};

/** All of them, and last the one that takes a bare address for a link. */
export const syntaxes: readonly Syntax[] = [markdown, html, asciidoc, restructuredtext, plain];

// Without an extension for the language, the editor takes these files for plain text.
const byExtension: [RegExp, Syntax][] = [
  [/\.mdx$/i, markdown],
  [/\.(adoc|asciidoc)$/i, asciidoc],
  [/\.rst$/i, restructuredtext],
  [/\.(vue|svelte|astro|php|phtml|jsx|tsx|hbs|cshtml|erb|ejs|xml|xhtml)$/i, markup],
];

/** The languages in which a dropped or pasted video can be inserted as a clip. */
export const writingLanguages = Object.keys(byLanguage);

/** The files of those languages that the editor may take for plain text. */
export const writingFiles = "**/*.{mdx,adoc,asciidoc,rst}";

/** The syntax of a file by its language, or by its path where the language is not known. */
export function findSyntax(languageId: string, path: string): Syntax {
  const [, ofExtension] = byExtension.find(([pattern]) => pattern.test(path)) ?? [];
  return byLanguage[languageId] ?? ofExtension ?? plain;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
