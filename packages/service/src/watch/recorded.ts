import type { WireClip } from "@clipcourier/core/wire";
import { html } from "hono/html";
import type { Markup } from "./page.js";

// As Git shortens the names of commits.
const shortName = 7;

/** Where a clip comes from, as far as that is verified: `Recorded in octo/app at abc1234, run 991, verified`. */
export function describeRecorded(clip: WireClip): string | null {
  if (clip.status !== "available") return null;
  const { recorded_by: run, recorded_count: count = 0 } = clip;
  if (!clip.verified || !run) return "Not verified: no job has uploaded it with its ID token";
  const { repository, sha, run_id: id, subject, how } = run;
  const place = repository ?? subject;
  const facts = [
    `${how === "uploaded" ? "Recorded" : "Uploaded without a token, and announced"} in ${place ?? "a job"}${sha ? ` at ${sha.slice(0, shortName)}` : ""}`,
    ...(id ? [`run ${id}`] : []),
    "verified",
  ];
  const others = (count ?? 0) - 1;
  const more =
    others > 0 ? `; ${others} other ${others === 1 ? "run has" : "runs have"} it, too` : "";
  // What turns the direction of writing could disguise the name of a repository.
  return `${facts.join(", ")}${more}`.replace(/\p{Bidi_Control}/gu, "\u{fffd}");
}

/** The same on the page, with a link to the run where its address is known. */
export function renderRecorded(clip: WireClip): Markup {
  const text = describeRecorded(clip);
  if (text === null) return html``;
  const url = clip.verified ? clip.recorded_by?.run_url : undefined;
  const link = url ? html` <a href="${url}" rel="noreferrer">See the run</a>` : html``;
  return html`<p class="quiet recorded">${text}.${link}</p>`;
}
