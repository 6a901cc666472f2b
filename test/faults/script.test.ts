import { describe, expect, it } from "vitest";
import { gatewayError, requestExpired } from "./answers.ts";
import { answerWith } from "./faults.ts";
import { useStage } from "./stage.ts";

const stage = useStage();

describe("which requests are spoiled", () => {
  const bad = answerWith(gatewayError(502));
  const statuses = async (count: number) => {
    const seen: number[] = [];
    for (let part = 1; part <= count; part += 1) seen.push((await stage.now.putPart(part)).status);
    return seen;
  };

  it("takes the part, once by default", async () => {
    stage.now.front.script([{ when: { method: "PUT", part: 2 }, fault: bad }]);
    expect(await statuses(3)).toEqual([200, 502, 200]);
    expect((await stage.now.putPart(2)).status).toBe(200);
  });

  it("takes bursts from the nth match on", async () => {
    stage.now.front.script([{ when: { method: "PUT", nth: 2 }, times: 2, fault: bad }]);
    expect(await statuses(5)).toEqual([200, 502, 502, 200, 200]);
  });

  it("takes everything after the nth match", async () => {
    stage.now.front.script([
      { when: { nth: 3 }, times: Infinity, fault: answerWith(requestExpired()) },
    ]);
    expect(await statuses(5)).toEqual([200, 200, 403, 403, 403]);
  });

  it("matches the path and the method", async () => {
    stage.now.front.script([
      { when: { method: "POST", path: /^\/finalize$/ }, times: 9, fault: bad },
    ]);
    const answers = await Promise.all([
      stage.now.send("POST", "/finalize"),
      stage.now.send("POST", "/other"),
      stage.now.putPart(1),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([502, 200, 200]);
  });

  it("draws a fraction, the same one for the same seed", async () => {
    const script = (seed: number) =>
      stage.now.front.script([{ when: { chance: 0.3, seed }, times: Infinity, fault: bad }]);
    script(7);
    const first = await statuses(30);
    script(7);
    expect(await statuses(30)).toEqual(first);
    script(8);
    expect(await statuses(30)).not.toEqual(first);
    const spoiled = first.filter((status) => status === 502).length;
    expect(spoiled).toBeGreaterThan(2);
    expect(spoiled).toBeLessThan(18);
  });
});
