import { type Syntax, syntaxes } from "./syntaxes.js";

/** A part of a text, from `start` up to `end`, in UTF-16 units. */
export interface Span {
  start: number;
  end: number;
}

/**
 * Finds the links to a marker, whatever title they have by now: a formatter may have broken them over
 * lines, and a person may have changed them. What is no link any more is the marker alone.
 *
 * @param syntax the one that is looked for first
 */
export function findPlaceholders(content: string, marker: string, syntax: Syntax): Span[] {
  if (!content.includes(marker)) return [];
  const spans: Span[] = [];
  for (const { findLink } of [syntax, ...syntaxes]) {
    for (const { index, 0: text } of content.matchAll(findLink(marker))) {
      const span = { start: index, end: index + text.length };
      const isTaken = spans.some(({ start, end }) => span.start < end && start < span.end);
      if (!isTaken) spans.push(span);
    }
  }
  return spans;
}
