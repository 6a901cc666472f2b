import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { BufferPool } from "../src/source/buffer-pool.js";

test("no more buffers are in use than the pool has, and their memory is used again", async () => {
  const pool = new BufferPool(3);
  const memories = new Set<unknown>();
  let out = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const buffer = await pool.take(1000 + (index % 2));
      most = Math.max(most, ++out);
      expect(buffer.byteLength).toBe(1000 + (index % 2));
      memories.add(buffer.buffer);
      await sleep(1);
      out--;
      pool.giveBack(buffer);
    }),
  );
  expect(most).toBe(3);
  expect(memories.size).toBeLessThanOrEqual(6);
});

test("an abort ends the wait for a buffer, which then takes no place", async () => {
  const pool = new BufferPool(1);
  const first = await pool.take(1);
  const controller = new AbortController();
  const waiting = pool.take(1, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: "aborted" });
  pool.giveBack(first);
  await expect(pool.take(1)).resolves.toHaveLength(1);
});
