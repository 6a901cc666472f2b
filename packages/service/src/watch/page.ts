import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import { pageScript } from "./page-script.js";
import { pageStyle } from "./page-style.js";

export type Markup = ReturnType<typeof html>;

/** The style and the script of a page, and what lets a browser run them. */
export interface PageLook {
  style: string;
  script: string;
  styleHash: string;
  scriptHash: string;
}

export function makeLook(style: string, script: string): PageLook {
  const hashOf = (text: string) => createHash("sha256").update(text).digest("base64");
  return { style, script, styleHash: hashOf(style), scriptHash: hashOf(script) };
}

const watchLook = makeLook(pageStyle, pageScript);

export interface PolicyOptions {
  /** @default that of the pages of one clip */
  look?: PageLook | undefined;
  /** The origin that videos are redirected to; `null` where the service sends them. */
  mediaOrigin: string | null;
  /** Who may show the page in a frame, as in `frame-ancestors`. */
  frames: string;
}

/** Allows a page its own style and script, pictures and videos, and nothing else. */
export function describePolicy({ mediaOrigin, frames, look = watchLook }: PolicyOptions): string {
  return [
    "default-src 'none'",
    "img-src 'self'",
    `media-src 'self'${mediaOrigin === null ? "" : ` ${mediaOrigin}`}`,
    `style-src 'sha256-${look.styleHash}'`,
    `script-src 'sha256-${look.scriptHash}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frames}`,
  ].join("; ");
}

export interface PageParts {
  title: string;
  head: Markup;
  body: Markup;
  /** The class of the body. */
  kind: "watch" | "embed";
  /** The path of the service's root, with its closing slash. */
  root: string;
  /** @default that of the pages of one clip */
  look?: PageLook;
}

/** Every value in a page is escaped by `html`. */
export function renderPage({ title, head, body, kind, root, look = watchLook }: PageParts): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="${root}icon.svg" type="image/svg+xml">
${head}
<style>${raw(look.style)}</style>
</head>
<body class="${kind}">
${body}
<script>${raw(look.script)}</script>
</body>
</html>
`;
}
