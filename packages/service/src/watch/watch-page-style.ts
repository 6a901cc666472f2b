/** The watch page's style; colours follow the reader's light or dark setting. */
export const watchPageStyle = `
:root { color-scheme: light dark; --ground: #fbfaf8; --ink: #1d1c1a; --quiet: #6d6a64; --line: #e3e0da; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #161514; --ink: #ecebe8; --quiet: #9b978f; --line: #32302d; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: clamp(1rem, 4vw, 3rem); }
video { display: block; width: 100%; max-height: 75vh; background: #000; border-radius: .5rem; }
h1 { margin: 1.25rem 0 0; font-size: 1.25rem; font-weight: 600; overflow-wrap: anywhere; }
p { margin: .5rem 0; color: var(--quiet); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0; padding-top: 1rem;
  border-top: 1px solid var(--line); font-size: .875rem; }
dt { color: var(--quiet); }
dd { margin: 0; font-variant-numeric: tabular-nums; }
a { color: inherit; }
`;
