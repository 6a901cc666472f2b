/** What the Compare view adds to the style of the pages. */
export const compareStyle = `
main.compare { max-width: 90rem; }
.compare h1 { margin-top: 0; }
.verdict { margin: .25rem 0 1rem; overflow-wrap: anywhere; }
.modes, .player { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .75rem 0; }
.modes button[aria-pressed="true"], #sound[aria-pressed="true"] { background: var(--button);
  color: var(--on-button); border-color: var(--button); }
.pair { position: relative; display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
  gap: .25rem .75rem; isolation: isolate; }
.shown.old { grid-area: 1 / 1; } .name.old { grid-area: 2 / 1; }
.shown.new { grid-area: 1 / 2; } .name.new { grid-area: 2 / 2; }
.name { margin: 0; overflow-wrap: anywhere; }
.name .quiet { white-space: nowrap; }
.pair:not(.side) .shown { grid-area: 1 / 1 / 2 / 3; }
.pair:not(.side) .stage, .pair:not(.side) .stage.photo a { height: 100%; }
.pair:not(.side) .stage video, .pair:not(.side) .stage img { width: 100%; height: 100%; object-fit: contain; }
.pair:not(.side) .stage.photo img { width: auto; height: auto; max-height: none; margin: 0; }
.pair:not(.side) .name.new { text-align: right; }
.pair.difference .shown.new .stage { mix-blend-mode: difference; }
.pair.wipe .shown { cursor: ew-resize; touch-action: pan-y; }
#pixels { margin-inline-start: auto; }
.pair.pixels .shown { overflow: auto; max-height: 75vh; border-radius: .5rem; background: #000; cursor: grab;
  touch-action: auto; user-select: none; }
.pair.pixels .shown:active { cursor: grabbing; }
.pair.pixels.difference .shown.new { background: none; }
.pair.pixels .stage { width: max(100%, var(--room-width)); height: max(100%, var(--room-height)); border-radius: 0; }
.pair.pixels .stage.photo img { max-width: none; max-height: none; height: auto; margin: 0; }
.edge { grid-area: 1 / 1 / 2 / 3; position: relative; width: 2px; margin-left: -1px; background: #fff;
  box-shadow: 0 0 0 1px rgb(0 0 0 / .6); pointer-events: none; }
.wipe:is(label) { display: flex; gap: .75rem; align-items: center; margin: .5rem 0; font-size: .875rem; }
.wipe input { flex: 1; min-width: 0; height: 1.5rem; accent-color: var(--ink); }
#time { font-variant-numeric: tabular-nums; color: var(--quiet); }
.track { flex: 1 0 100%; }
.track svg { display: block; width: 100%; height: .75rem; background: var(--line); border-radius: .25rem; }
.track rect { fill: #d9542b; } .track rect.added { fill: #2e8b57; } .track rect.removed { fill: #8a5cc7; }
.track input { display: block; width: 100%; height: 1.5rem; margin: 0; accent-color: var(--ink); }
.compare .chapters a { flex-wrap: wrap; gap: 0 .75rem; }
.keys dl { border-top: 0; margin-top: 0; padding-top: 0; }
@media (max-width: 40rem) {
  .compare button { padding-inline: .75rem; }
  .pair:not(.side) .name .quiet { display: none; }
  .pair.side { grid-template-columns: minmax(0, 1fr); }
  #pixels { margin-inline-start: 0; }
  .pair.pixels.side .shown { max-height: 38vh; }
  .side .shown.old { grid-area: 1 / 1; } .side .name.old { grid-area: 2 / 1; }
  .side .shown.new { grid-area: 3 / 1; } .side .name.new { grid-area: 4 / 1; }
}
`;
