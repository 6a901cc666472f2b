import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import { pageScript } from "./page-script.js";
import { pageStyle } from "./page-style.js";

export type Markup = ReturnType<typeof html>;

const hashOf = (text: string) => createHash("sha256").update(text).digest("base64");
const styleHash = hashOf(pageStyle);
const scriptHash = hashOf(pageScript);

export interface PolicyOptions {
  /** The origin that videos are redirected to; `null` where the service sends them. */
  mediaOrigin: string | null;
  /** Who may show the page in a frame, as in `frame-ancestors`. */
  frames: string;
}

/** Allows a page its own style and script, pictures and videos, and nothing else. */
export function describePolicy({ mediaOrigin, frames }: PolicyOptions): string {
  return [
    "default-src 'none'",
    "img-src 'self'",
    `media-src 'self'${mediaOrigin === null ? "" : ` ${mediaOrigin}`}`,
    `style-src 'sha256-${styleHash}'`,
    `script-src 'sha256-${scriptHash}'`,
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
}

/** Every value in a page is escaped by `html`. */
export function renderPage({ title, head, body, kind, root }: PageParts): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="${root}icon.svg" type="image/svg+xml">
${head}
<style>${raw(pageStyle)}</style>
</head>
<body class="${kind}">
${body}
<script>${raw(pageScript)}</script>
</body>
</html>
`;
}
