import type { UploadRecord } from "@clipcourier/batch";
import { type ClipComparison, DirectUploadError, type Recording } from "@clipcourier/core";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type CompareOptions, compareClips } from "../src/compare/compare-clips.js";
import { findBaseClips } from "../src/compare/find-base.js";
import { makeRecord } from "./records.js";

type Client = Parameters<typeof compareClips>[0];

// A stand-in for the service: how it refuses and how long it takes cannot be provoked otherwise. The action's
// flows compare real clips.

const comparisonOf = (newId: string, oldId: string): ClipComparison => ({
  ...{ newId, oldId, status: "pending", createdOn: "2026-11-30T12:00:00.000Z" },
  ...{ diff: null, reason: null, pictureUrl: null },
  url: `https://clips.example.com/c/${newId}/compare/${oldId}`,
});

/** Clips that have changed since a commit before. */
function change(names: readonly string[]) {
  const records = names.map((name) => makeRecord(name, `new-${name}`));
  const before = names.map((name) => {
    const kept = { name, id: `old-${name}`, url: "https://clips.example.com", picture: null };
    return [name, { ...kept, md5: "other" }] as const;
  });
  return { records, before: new Map(before) };
}

function compare(
  client: Partial<Parameters<typeof compareClips>[0]>,
  names: readonly string[],
  more: Partial<CompareOptions> = {},
) {
  const { records, before } = change(names);
  const whole = {
    compareClips: async (newId: string, oldId: string) => comparisonOf(newId, oldId),
    waitUntilCompared: async () => {
      throw new DirectUploadError("deadline", "It is still pending.");
    },
    createComparisonLink: async () => {
      throw new DirectUploadError("not_found", "There is no such comparison.");
    },
    ...client,
  };
  const options = { signal: new AbortController().signal, timeout: 1_000, ...more };
  return compareClips(whole, records, before, options);
}

test("a comparison that takes longer than there is time is told as such, and is no problem", async () => {
  const { changes, problems } = await compare({}, ["intro.mp4"]);
  expect(changes).toMatchObject([{ verdict: null, summary: "It is still being compared." }]);
  expect(problems).toEqual([]);
});

test("a service that knows no comparisons is a sentence, and the clips are told without changes", async () => {
  const refuse = async () => {
    throw new DirectUploadError("not_found", "The service compares no clips.", { status: 404 });
  };
  const { changes, problems } = await compare({ compareClips: refuse }, ["intro.mp4"]);
  expect(changes).toEqual([]);
  expect(problems).toEqual(["intro.mp4 is not compared: The service compares no clips."]);
});

test("a clip that its name had before is not compared with itself, although its checksum is not known", async () => {
  const asked: string[] = [];
  const record = makeRecord("intro.mp4", "same");
  const kept = { name: "intro.mp4", id: "same", url: "https://clips.example.com", picture: null };
  const client = {
    compareClips: async (newId: string, oldId: string) => {
      asked.push(newId);
      return comparisonOf(newId, oldId);
    },
    waitUntilCompared: async (newId: string, oldId: string) => comparisonOf(newId, oldId),
    createComparisonLink: async () => {
      throw new DirectUploadError("not_found", "There is no such comparison.");
    },
  };
  const before = new Map([["intro.mp4", { ...kept, md5: "" }]]);
  const options = { signal: new AbortController().signal, timeout: 1_000 };
  const compared = await compareClips(client, [record], before, options);
  expect(compared).toEqual({ changes: [], problems: [] });
  expect(asked).toEqual([]);
});

test("a service that does not answer in time is not told as stopped by somebody", async () => {
  // Its limit is a clock that cannot be turned.
  const late = new AbortController();
  vi.spyOn(AbortSignal, "timeout").mockReturnValue(late.signal);
  onTestFinished(() => void vi.restoreAllMocks());
  const compareClips: Client["compareClips"] = async (_newId, _oldId, { signal } = {}) => {
    late.abort();
    expect(signal?.aborted).toBe(true);
    throw new DirectUploadError("aborted", "Stopped on request. An upload can be resumed.");
  };
  const { problems } = await compare({ compareClips }, ["intro.mp4"]);
  expect(problems).toEqual(["intro.mp4 is not compared: The service did not answer in time."]);
});

test("the time holds for a wait whose requests are not answered, and what has no time left is no problem", async () => {
  const late = new AbortController();
  vi.spyOn(AbortSignal, "timeout").mockReturnValue(late.signal);
  onTestFinished(() => void vi.restoreAllMocks());
  const waitUntilCompared: Client["waitUntilCompared"] = async (_newId, _oldId, options) => {
    late.abort();
    expect(options?.signal?.aborted).toBe(true);
    throw new DirectUploadError("aborted", "Stopped on request. An upload can be resumed.");
  };
  const { changes, problems } = await compare({ waitUntilCompared }, ["intro.mp4"]);
  expect(changes).toMatchObject([{ verdict: null, summary: "It is still being compared." }]);
  expect(problems).toEqual([]);
});

test("a service that lets nobody in is asked once", async () => {
  let asked = 0;
  const refuse = async () => {
    asked += 1;
    throw new DirectUploadError("unauthorized", "The app id or the secret is wrong.");
  };
  const { problems } = await compare({ compareClips: refuse }, ["intro.mp4", "outro.mp4"]);
  expect(problems).toEqual(["The clips are not compared: The app id or the secret is wrong."]);
  expect(asked).toBe(1);
});

test("what is waited for is the comparison that was asked for, and another one is told as a problem", async () => {
  const message = "The comparison was asked for again meanwhile. Ask for it again.";
  const { changes, problems } = await compare(
    {
      waitUntilCompared: async (newId, oldId, { createdOn } = {}) => {
        expect(createdOn).toBe(comparisonOf(newId, oldId).createdOn);
        throw new DirectUploadError("comparison_replaced", message);
      },
    },
    ["intro.mp4"],
  );
  expect(changes).toMatchObject([{ verdict: null }]);
  expect(problems).toEqual([`intro.mp4: ${message}`]);
});

test("of many clips that have changed the first 20 are compared, and the others are counted", async () => {
  const asked: string[] = [];
  const names = Array.from({ length: 25 }, (_, index) => `${index}.mp4`);
  const { changes, problems } = await compare(
    {
      compareClips: async (newId, oldId) => {
        asked.push(newId);
        return comparisonOf(newId, oldId);
      },
    },
    names,
  );
  expect(asked).toHaveLength(20);
  expect(changes.map(({ file }) => file)).toEqual(names.slice(0, 20));
  expect(problems).toEqual(["5 more are not compared: one run compares 20."]);
});

test("a link that cannot be made is a sentence, and the change is told without it", async () => {
  const compareClips = async (newId: string, oldId: string) =>
    ({ ...comparisonOf(newId, oldId), isPrivate: true }) as const;
  const { changes, problems } = await compare({ compareClips }, ["intro.mp4"], { linksFor: 1_000 });
  expect(changes).toMatchObject([{ file: "intro.mp4" }]);
  expect(changes[0]).not.toHaveProperty("link");
  expect(problems).toEqual([
    "There is no link to the comparison of intro.mp4: There is no such comparison.",
  ]);
});

describe("the clips of the base", () => {
  const recording = (
    filename: string,
    id: string,
    recordedOn: string,
    run: Partial<Recording["run"]> = {},
  ): Recording => ({
    clip: {
      ...{ id, url: `https://clips.example.com/c/${id}`, status: "available", filename },
      ...{ previewGif: null, thumbnailUrl: `https://clips.example.com/c/${id}/thumbnail.jpg` },
    },
    run: {
      ...{ issuer: "https://issuer.example.com", how: "uploaded", recordedOn },
      ...{ event: "push", runId: recordedOn, runAttempt: "1", ...run },
    },
  });
  const find = (
    records: readonly UploadRecord[],
    recordings: readonly Recording[],
    pipeline?: string,
  ) => {
    const client = { listRecordings: async () => [...recordings] };
    const base = { repository: "github.com/octo/app", commit: "d".repeat(40) };
    const { signal } = new AbortController();
    return findBaseClips(client, records, base, { signal, pipeline });
  };

  test("are those that the last of its runs has recorded", async () => {
    const recordings = [
      recording("intro.mp4", "later", "2026-11-30T13:00:00.000Z"),
      recording("intro.mp4", "earlier", "2026-11-30T12:00:00.000Z"),
      recording("other.mp4", "other", "2026-11-30T14:00:00.000Z"),
    ];
    const found = await find([makeRecord("out/intro.mp4", "new")], recordings);
    expect(found).toMatchObject([{ name: "out/intro.mp4", id: "later" }]);
  });

  test("are not those of runs that may have built a pull request", async () => {
    const at = (event?: string) => ({ runId: event ?? "none", ...(event && { event }) });
    const events = [
      ...["pull_request", "pull_request_target", "workflow_run", "issue_comment"],
      // A bot that takes commands in comments, and what another pipeline of GitLab or its API starts.
      ...["repository_dispatch", "pipeline", "trigger", "api"],
    ];
    const recordings = [
      recording("intro.mp4", "main", "2026-11-30T12:00:00.000Z"),
      ...events.map((event) =>
        recording("intro.mp4", event, "2026-11-30T13:00:00.000Z", at(event)),
      ),
    ];
    const found = await find([makeRecord("intro.mp4", "new")], recordings);
    expect(found).toMatchObject([{ id: "main" }]);
  });

  test("are not guessed where the last run of the base has several of the name", async () => {
    const run = { runId: "991", runAttempt: "1" };
    const matrix = [
      recording("intro.mp4", "linux", "2026-11-30T13:00:00.000Z", run),
      recording("intro.mp4", "windows", "2026-11-30T13:00:05.000Z", run),
    ];
    expect(await find([makeRecord("intro.mp4", "new")], matrix)).toEqual([]);
    // A second attempt that runs one job of the matrix has the clip of that job alone.
    const again = recording("intro.mp4", "again", "2026-11-30T14:00:00.000Z", {
      ...{ ...run, runAttempt: "2" },
    });
    expect(await find([makeRecord("intro.mp4", "new")], [...matrix, again])).toEqual([]);
  });

  test("are those of the last attempt where each has one of the name", async () => {
    const run = { runId: "991" };
    const first = recording("intro.mp4", "first", "2026-11-30T13:00:00.000Z", run);
    const second = recording("intro.mp4", "second", "2026-11-30T14:00:00.000Z", {
      ...{ ...run, runAttempt: "2" },
    });
    const found = await find([makeRecord("intro.mp4", "new")], [first, second]);
    expect(found).toMatchObject([{ id: "second" }]);
  });

  test("are those of the run's own workflow, and not guessed where others have several", async () => {
    const of = (file: string) => ({
      workflow: `octo/app/.github/workflows/${file}@refs/heads/main`,
    });
    const records = [makeRecord("intro.mp4", "new")];
    const recordings = [
      recording("intro.mp4", "ui", "2026-11-30T13:00:00.000Z", of("ui.yml")),
      recording("intro.mp4", "demo", "2026-11-30T13:00:05.000Z", of("demo.yml")),
    ];
    expect(await find(records, recordings)).toEqual([]);
    expect(await find(records, recordings, ".github/workflows/other.yml")).toEqual([]);
    expect(await find(records, recordings, ".github/workflows/ui.yml")).toMatchObject([
      { id: "ui" },
    ]);
    // What records the base may be another workflow, and its file is the same on another ref.
    const scheduled = { workflow: "octo/app/.github/workflows/demo.yml@refs/tags/v1" };
    const later = recording("intro.mp4", "later", "2026-11-30T14:00:00.000Z", scheduled);
    const ofDemo = [...recordings.slice(1), later];
    expect(await find(records, ofDemo, ".github/workflows/ui.yml")).toMatchObject([
      { id: "later" },
    ]);
  });

  test("are not guessed where two files have one name", async () => {
    const records = [makeRecord("a/intro.mp4", "one"), makeRecord("b/intro.mp4", "two")];
    const found = await find(records, [recording("intro.mp4", "base", "2026-11-30T12:00:00.000Z")]);
    expect(found).toEqual([]);
  });
});
