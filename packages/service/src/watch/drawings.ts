import { html } from "hono/html";

const frame = html`<rect x="8" y="18" width="56" height="40" rx="5" fill="none"/><path d="M8 28h56M18 18l-4 10M32 18l-4 10M46 18l-4 10M60 18l-4 10" fill="none"/>`;

/** A film that is being made. */
export const waitingPicture = html`<svg viewBox="0 0 72 72" aria-hidden="true" stroke="currentColor" stroke-width="3" stroke-linecap="round">${frame}<g class="spin" transform-origin="36 43"><path d="M36 36v7l5 3" fill="none"/></g><circle cx="36" cy="43" r="10" fill="none"/></svg>`;

/** A film that cannot be shown. */
export const brokenPicture = html`<svg viewBox="0 0 72 72" aria-hidden="true" stroke="currentColor" stroke-width="3" stroke-linecap="round">${frame}<path d="M29 36l14 14M43 36L29 50" fill="none"/></svg>`;

/** A place where no film is. */
export const missingPicture = html`<svg viewBox="0 0 72 72" aria-hidden="true" stroke="currentColor" stroke-width="3" stroke-linecap="round"><rect x="8" y="18" width="56" height="40" rx="5" fill="none" stroke-dasharray="6 7"/><path d="M31 33a5 5 0 1 1 6 5c-1 .4-1.400 1-1.400 2.500M35.500 48v.5" fill="none"/></svg>`;
