import { stripVTControlCharacters } from "node:util";
import { type Chapter, maxChapterCount, maxChapterTitle } from "@clipcourier/core";
import { findFailedStep, findVideoStart, type Step, type TimedResult } from "./moments.js";

/** A chapter in the making. */
interface Moment {
  /** Milliseconds from the beginning of the video. */
  time: number;
  title: string;
  isFailure: boolean;
}

/**
 * The steps of a test as the chapters of its video: those of `test.step()` at its top, and the one that has
 * failed. Each lasts until the next begins. None where it is not known when the video began.
 *
 * @param index which of Playwright's recordings, as for `findFailure`
 * @param hasFailed whether the attempt did not end as expected
 */
export function findChapters(result: TimedResult, index: number, hasFailed: boolean): Chapter[] {
  const start = findVideoStart(result, index);
  if (start === undefined) return [];
  const failed = hasFailed ? findFailedStep(result) : undefined;
  const steps = result.steps.filter((step) => isChapter(step) && !endsBefore(step, start));
  const moments = steps.map((step) => toMoment(step, start, step === failed));
  if (failed && !steps.includes(failed)) moments.push(toMoment(failed, start, true));
  return spread(limit(moments.toSorted((one, other) => one.time - other.time)));
}

function isChapter({ category }: Step): boolean {
  return category === "test.step";
}

/** Whether the step was over when the video began, so that nothing of it is seen. */
function endsBefore({ startTime, duration }: Step, start: number): boolean {
  return duration >= 0 && startTime.getTime() + duration < start;
}

function toMoment(step: Step, start: number, isFailure: boolean): Moment {
  const time = Math.max(0, step.startTime.getTime() - start);
  return { time, title: isFailure ? nameFailure(step) : toTitle(step.title), isFailure };
}

/** The page of a clip has other readers than the report: what was typed into a page is left out. */
function nameFailure({ category, title }: Step): string {
  if (category === "hook") return "Failed";
  const name = category === "pw:api" ? title.replace(/["'`(].*/s, "") : title;
  return toTitle(`Failed: ${name}`);
}

function toTitle(text: string): string {
  const line = stripVTControlCharacters(text)
    .toWellFormed()
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
  if (line.length <= maxChapterTitle) return line || "Step";
  return `${line.slice(0, maxChapterTitle - 1).toWellFormed()}…`;
}

/** As many as a clip can have, with the one that has failed; the rest is counted in one of them. */
function limit(moments: readonly Moment[]): Moment[] {
  if (moments.length <= maxChapterCount) return [...moments];
  const first = moments.slice(0, maxChapterCount - 2);
  const failure = moments.slice(first.length).find(({ isFailure }) => isFailure);
  const rest = moments.slice(first.length).filter((moment) => moment !== failure);
  const [{ time } = { time: 0 }] = rest;
  const counted = { time, title: `… and ${rest.length} more steps`, isFailure: false };
  const kept = failure ? [...first, counted, failure] : [...first, counted];
  return kept.toSorted((one, other) => one.time - other.time);
}

/** Steps can begin in the same millisecond: no two chapters do. */
function spread(moments: readonly Moment[]): Chapter[] {
  let next = 0;
  return moments.map(({ time, title }) => {
    const start = Math.max(next, Math.round(time));
    next = start + 1;
    return { start: start / 1000, title };
  });
}
