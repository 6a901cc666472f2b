import {
  type DiffRange,
  formatShare,
  type VideoDiff,
  type VideoDiffVerdict,
} from "@clipcourier/core/wire";
import { mostRegions, round } from "../diff/ranges.js";
import { cannotTell } from "../diff/verdict.js";
import type { PhotoFindings } from "./compare-photos.js";

/** A photo has no time. */
const noTime = { from: 0, to: 0 } as const;

/**
 * Decides what the findings about the first pictures come to.
 *
 * @param moving which of the photos move
 */
export function decidePhotos(findings: PhotoFindings, moving: readonly string[]): VideoDiff {
  const range = toRange(findings);
  const { facts } = findings;
  if (moving.length > 0 && !range) {
    const which = moving.length > 1 ? "both pictures move" : `the ${moving[0]} picture moves`;
    return cannotTell(`${which}, and only first pictures are compared, which are the same`, facts);
  }
  const verdict = verdictOf(findings, range);
  const notes = moving.length > 0 ? [" Only first pictures were compared."] : [];
  return {
    verdict,
    summary: [summarize(verdict, findings, range), describeSizes(findings), ...notes].join(""),
    reason: null,
    ranges: range ? [range] : [],
    delay: { start: 0, most: 0 },
    ...facts,
  };
}

function toRange({ regions, strips, share }: PhotoFindings): DiffRange | null {
  const boxes = [...strips.map(({ of: _, ...box }) => box), ...regions];
  if (boxes.length === 0) return null;
  const area = ({ width, height }: (typeof boxes)[number]) => width * height;
  return {
    kind: kindOf(regions.length, strips),
    old: { ...noTime },
    new: { ...noTime },
    share: round(Math.max(0.0001, share), 4),
    regions: boxes.sort((one, other) => area(other) - area(one)).slice(0, mostRegions),
  };
}

function kindOf(count: number, strips: PhotoFindings["strips"]): DiffRange["kind"] {
  if (count > 0) return "changed";
  if (strips.every(({ of }) => of === "new")) return "added";
  return strips.every(({ of }) => of === "old") ? "removed" : "changed";
}

function verdictOf(
  { isEqual, isScaled, isUnlike }: PhotoFindings,
  range: DiffRange | null,
): VideoDiffVerdict {
  if (!range) return isEqual && !isScaled ? "same" : "re-encoded";
  return isUnlike ? "different" : "changed";
}

function summarize(
  verdict: VideoDiffVerdict,
  findings: PhotoFindings,
  range: DiffRange | null,
): string {
  if (verdict === "same") return "Both show the same.";
  if (verdict === "different") return "The two pictures have little in common.";
  if (verdict === "re-encoded" || range === null) {
    return "There is no visible change; the pixels differ as by compression, scaling or smoothing.";
  }
  const places = findings.regions.length + findings.strips.length;
  const where = places > 1 ? ` in ${places} places` : "";
  const { kind, share: changed } = range;
  const share = formatShare(changed);
  if (findings.regions.length > 0) return `Changed${where}, ${share} of the picture.`;
  if (kind === "added") return `Added at the edge, ${share} of the picture; the rest is the same.`;
  if (kind === "removed")
    return `Removed at the edge, ${share} of the picture; the rest is the same.`;
  return `Changed at the edges, ${share} of the picture; the rest is the same.`;
}

function describeSizes({ facts, strips, isScaled }: PhotoFindings): string {
  if (strips.length === 0 && !isScaled) return "";
  const [old, now] = [facts.old, facts.new].map(({ width, height }) => `${width} × ${height}`);
  const how = isScaled ? "" : ", which were compared from the upper left on";
  return ` The new picture has ${now} pixels, the old one ${old}${how}.`;
}
