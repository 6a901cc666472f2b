/** The style of the pages; colours follow the reader's light or dark setting. */
export const pageStyle = `
:root { color-scheme: light dark; --ground: #fbfaf8; --ink: #1d1c1a; --quiet: #65625c; --line: #dcd8d1;
  --card: #f1efeb; --button: #1d1c1a; --on-button: #fbfaf8; --focus: #1f5fd0; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #161514; --ink: #ecebe8; --quiet: #a5a199; --line: #35332f; --card: #201f1d;
    --button: #ecebe8; --on-button: #161514; --focus: #8ab4ff; }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: clamp(.75rem, 4vw, 3rem); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
a { color: inherit; }
h1 { margin: 1.25rem 0 0; font-size: 1.25rem; line-height: 1.35; font-weight: 600; overflow-wrap: anywhere; }
.quiet { margin: .5rem 0; color: var(--quiet); }
.stage { position: relative; border-radius: .5rem; overflow: hidden; background: #000; color: #f4f3f1; }
.stage video { display: block; width: 100%; height: auto; max-height: 75vh; background: #000; }
.stage > img { display: block; width: 100%; height: auto; max-height: 75vh; object-fit: contain; }
.stage.photo a { display: block; }
.stage.photo img { display: block; max-width: 100%; max-height: 75vh; width: auto; height: auto; margin: 0 auto; }
.say { display: grid; gap: .75rem; justify-items: center; align-content: center; padding: 1.5rem 1rem;
  text-align: center; }
.say.alone { aspect-ratio: 16 / 9; width: 100%; min-height: 12rem; background: var(--card); color: var(--ink); }
.say.over { background: #111; }
.say p { margin: 0; max-width: 34rem; text-wrap: balance; overflow-wrap: anywhere; }
.say svg { width: 4.5rem; height: 4.5rem; }
.spin { transform-origin: 50% 50%; }
@media (prefers-reduced-motion: no-preference) {
  .spin { animation: turn 6s linear infinite; }
  @keyframes turn { to { transform: rotate(1turn); } }
}
.timeline { position: relative; padding-top: .5rem; }
.timeline input { display: block; width: 100%; height: 1.5rem; margin: 0; accent-color: var(--ink); }
.tile { position: absolute; bottom: 2rem; border: 2px solid var(--ground); border-radius: .375rem;
  background-repeat: no-repeat; pointer-events: none; box-shadow: 0 2px 12px rgb(0 0 0 / .4); }
.tile span { position: absolute; inset: auto 0 0; padding: .125rem; text-align: center; font-size: .75rem;
  color: #fff; background: rgb(0 0 0 / .65); font-variant-numeric: tabular-nums;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chapters h2 { margin: 1rem 0 .25rem; font-size: 1rem; }
.chapters ol { list-style: none; margin: 0; padding: 0; max-height: 20rem; overflow: auto; }
.chapters li > * { overflow-wrap: anywhere; }
.chapters a { display: flex; gap: .75rem; padding: .5rem; border-radius: .375rem; text-decoration: none; }
.chapters a:hover, .chapters a[aria-current] { background: var(--card); }
.chapters a[aria-current] { font-weight: 600; }
.chapters span { color: var(--quiet); font-variant-numeric: tabular-nums; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; }
.button, button { display: inline-flex; align-items: center; min-height: 2.75rem; padding: .375rem 1rem;
  font: inherit; font-weight: 600; text-decoration: none; border-radius: .5rem; cursor: pointer;
  border: 1px solid var(--line); background: var(--card); color: var(--ink); }
.button.main { background: var(--button); color: var(--on-button); border-color: var(--button); }
details { margin: 1rem 0; border-top: 1px solid var(--line); }
summary { padding: .75rem 0; cursor: pointer; font-weight: 600; }
.field { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .25rem .5rem; margin: 0 0 .75rem; }
.field label { grid-column: 1 / -1; font-size: .875rem; color: var(--quiet); }
.field input, .field textarea { width: 100%; min-height: 2.75rem; padding: .5rem .625rem; color: inherit;
  background: var(--card); border: 1px solid var(--line); border-radius: .5rem; resize: vertical;
  font: .875rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0; padding-top: 1rem;
  border-top: 1px solid var(--line); font-size: .875rem; }
dt { color: var(--quiet); }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
body.embed { background: #000; color: #f4f3f1; }
.embed .stage { position: fixed; inset: 0; border-radius: 0; display: grid; }
.embed .stage video, .embed .stage > img { width: 100%; height: 100%; max-height: none; object-fit: contain; }
.embed .stage.photo a, .embed .stage.photo img { width: 100%; height: 100%; max-height: none; object-fit: contain; }
.embed .say { position: absolute; inset: auto 0 0; }
.embed .say.alone { inset: 0; aspect-ratio: auto; background: #111; color: inherit; }
.embed .say a { color: inherit; font-weight: 600; }
`;
