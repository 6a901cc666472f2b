import { describe, expect, test } from "vitest";
import { stopClock } from "./clock.ts";
import { slowDown } from "./faults/answers.ts";
import {
  answerWith,
  changeEtag,
  corruptBody,
  cutAnswerBody,
  goSilent,
  loseAnswer,
  resetAtOnce,
  truncateAnswer,
} from "./faults/faults.ts";
import type { Rule } from "./faults/script.ts";
import { download, startSpoiledService } from "./spoiled-service.ts";
import { until } from "./until.ts";
import { onePart, threeParts, uploadSpoiled } from "./upload-spoiled.ts";

describe("finalize", () => {
  const finalize = { method: "POST", path: /directupload/ };

  test("a lost answer does not fail the upload: the clip is there", async () => {
    const { finalized, sent, result } = await uploadSpoiled([
      { when: finalize, fault: loseAnswer() },
    ]);
    expect(result.outcome).toBe("uploaded");
    expect(finalized()).toBe(1);
    expect(sent).toHaveLength(3);
  });

  test.each([
    ["503", answerWith(slowDown())],
    ["reset", resetAtOnce()],
    ["an answer that never comes", goSilent()],
  ])("%s: asked again, and no part is sent again", async (what, fault) => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([{ when: finalize, fault }]);
    const clock = stopClock();
    const uploading = spoiled.connect({ requestTimeout: 60_000 }).upload(threeParts);
    if (what === "an answer that never comes") {
      await until(() => spoiled.finalized() === 1);
      clock.turn(60_000);
    }
    const result = await uploading;
    expect((await download(result.clip.videoUrl)).equals(threeParts)).toBe(true);
    expect(spoiled.finalized()).toBe(2);
    expect(spoiled.parts()).toHaveLength(3);
  });

  test("a refusal is not tried again", async () => {
    const spoiled = await startSpoiledService();
    const refusal = { status: 400, body: '{"error":{"message":"uploads: no"},"status":400}' };
    spoiled.front.script([{ when: finalize, times: Infinity, fault: answerWith(refusal) }]);
    const upload = spoiled.connect().upload(onePart);
    await expect(upload).rejects.toMatchObject({ code: "rejected", status: 400 });
    expect(spoiled.finalized()).toBe(1);
  });
});

describe("API calls", () => {
  const plan = { method: "GET", path: /directupload/ };

  test.each([
    ["503 with Retry-After", answerWith(slowDown("0"))],
    ["reset", resetAtOnce()],
    ["an answer that breaks off", truncateAnswer({ keepBytes: 20 })],
  ])("the plan is asked for again: %s", async (_, fault) => {
    const { result } = await uploadSpoiled([{ when: plan, fault }], { bytes: onePart });
    expect(result.attempts).toBe(1);
  });

  test("JSON that breaks off in an answer that claims to be whole is an error that says so", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([
      { when: plan, times: Infinity, fault: cutAnswerBody({ keepBytes: 30 }) },
    ]);
    const upload = spoiled.connect().upload(onePart, { filename: "a.mp4" });
    await expect(upload).rejects.toMatchObject({ code: "bad_answer" });
    await expect(upload).rejects.toThrow(
      "a.mp4: Asking for upload URLs was not answered with JSON",
    );
    expect(spoiled.parts()).toEqual([]);
  });

  test("a session that ended in the middle is renewed with the secret", async () => {
    const refusal = { status: 401, body: '{"error":{"message":"no"},"status":401}' };
    const rule: Rule = {
      when: { method: "POST", path: /directupload/ },
      fault: answerWith(refusal),
    };
    const { front, finalized } = await uploadSpoiled([rule], { bytes: onePart });
    expect(front.log.filter(({ path }) => path.endsWith("/login/app/"))).toHaveLength(2);
    expect(finalized()).toBe(2);
  });
});

describe("integrity", () => {
  const part1 = { method: "PUT", part: 1 };

  test("bytes damaged on the way of a one-part file are refused by Content-MD5 and sent again", async () => {
    const rule: Rule = { when: part1, fault: corruptBody({ offset: 10 }) };
    const { ends } = await uploadSpoiled([rule], { bytes: onePart });
    expect(ends(1)).toEqual([400, 200]);
  });

  test("verifyParts finds them in every part", async () => {
    const rule: Rule = { when: { method: "PUT", part: 2 }, fault: corruptBody({ offset: 10 }) };
    const { ends, front } = await uploadSpoiled([rule], { verifyParts: true });
    expect(ends(2)).toEqual([400, 200]);
    const puts = front.log.filter(({ method }) => method === "PUT");
    for (const { headers } of puts) expect(headers).toHaveProperty("content-md5");
  });

  test("without it the service finds them, and nothing damaged becomes a clip", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([
      { when: { method: "PUT", part: 2 }, fault: corruptBody({ offset: 10 }) },
    ]);
    const client = spoiled.connect();
    await expect(client.upload(threeParts)).rejects.toMatchObject({ code: "clip_failed" });
    const again = await client.upload(threeParts);
    expect((await download(again.clip.videoUrl)).equals(threeParts)).toBe(true);
  });

  test.each([
    ["a one-part file", onePart, {}],
    ["verified parts", threeParts, { verifyParts: true }],
  ])("an ETag that is another MD5 is not believed: %s", async (_, bytes, options) => {
    const { ends, retries } = await uploadSpoiled([{ when: part1, fault: changeEtag() }], {
      bytes,
      ...options,
    });
    expect(ends(1)).toEqual([200, 200]);
    expect(retries.map(({ reason }) => reason.code)).toEqual(["part_mismatch"]);
  });
});
