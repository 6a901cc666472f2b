import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { wireClipAnswer, wireRecordingsAnswer } from "../src/protocol/wire.js";
import { toClip, toRecording, wireRun } from "../src/protocol/wire-clip.js";
import { wireClip } from "./client-service.js";

const run = {
  issuer: "https://token.actions.githubusercontent.com",
  ...{ subject: "repo:octo/app:ref:refs/heads/main", server: "github.com" },
  ...{ repository: "octo/app", sha: "a".repeat(40), ref: "refs/heads/main" },
  ...{ workflow: "render", event: "push", actor: "octo", run_id: "991", run_attempt: "2" },
  run_url: "https://github.com/octo/app/actions/runs/991/attempts/2",
  ...{ pull_request: 7, issued_on: "2026-11-30T12:00:00.000Z" },
  ...{ how: "uploaded", recorded_on: "2026-11-30T12:00:01.000Z" },
};
const known = {
  issuer: "https://token.actions.githubusercontent.com",
  ...{ subject: "repo:octo/app:ref:refs/heads/main", server: "github.com" },
  ...{ repository: "octo/app", sha: "a".repeat(40), ref: "refs/heads/main" },
  ...{ workflow: "render", event: "push", actor: "octo", runId: "991", runAttempt: "2" },
  runUrl: "https://github.com/octo/app/actions/runs/991/attempts/2",
  ...{ pullRequest: 7, issuedOn: "2026-11-30T12:00:00.000Z" },
  ...{ how: "uploaded", recordedOn: "2026-11-30T12:00:01.000Z" },
};
const least = { issuer: run.issuer, how: run.how, recorded_on: run.recorded_on };

const read = (changes: object) =>
  toClip(v.parse(wireClipAnswer, { data: [{ ...wireClip, ...changes }] }).data[0]);

describe("what a clip says beside its facts", () => {
  test("is private and verified only where the service says true", () => {
    expect(read({ private: true, verified: true })).toMatchObject({
      isPrivate: true,
      isVerified: true,
    });
    const other = read({ private: false, verified: null });
    expect("isPrivate" in other || "isVerified" in other).toBe(false);
  });

  test("is the run that has recorded it, without what its token did not say", () => {
    expect(read({ recorded_by: run }).recordedBy).toEqual(known);
    expect(read({ recorded_by: least }).recordedBy).toEqual({
      ...{ issuer: run.issuer, how: "uploaded", recordedOn: run.recorded_on },
    });
  });

  test("are its chapters, the last without an end where the video's is not known", () => {
    const chapters = [
      { start: 0, end: 4.5, title: "Sign in" },
      { start: 4.5, end: null, title: "Pay" },
    ];
    expect(read({ chapters }).chapters).toEqual([
      { start: 0, end: 4.5, title: "Sign in" },
      { start: 4.5, title: "Pay" },
    ]);
    for (const wrong of [{ title: 1 }, { start: -1 }, { end: "soon" }]) {
      // They are no reason to refuse the clip.
      expect(read({ chapters: [{ ...chapters[0], ...wrong }] }).chapters).toBeUndefined();
    }
  });
});

test("a recording is a clip with its run", () => {
  const answer = v.parse(wireRecordingsAnswer, { data: [{ clip: wireClip, run }] });
  const [recording] = answer.data.map(toRecording);
  expect(recording).toMatchObject({ clip: { id: "c1" }, run: known });
});

test.each(Object.keys(run).filter((name) => !(name in least)))(
  "%s of a run may be left out, and is of one type",
  (name) => {
    const { [name as "sha"]: _, ...rest } = run;
    expect(v.is(wireRun, rest)).toBe(true);
    expect(v.is(wireRun, { ...run, [name]: { other: 1 } })).toBe(false);
  },
);
