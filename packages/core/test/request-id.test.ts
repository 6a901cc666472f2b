import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { type DirectUploadError, isDirectUploadError } from "../src/index.js";
import { startService } from "./client-service.js";
import { answerJson } from "./http-server.js";

async function fail(status: number, requestId?: string): Promise<DirectUploadError> {
  await using service = await startService((_: IncomingMessage, response: ServerResponse) => {
    if (requestId !== undefined) response.setHeader("X-Request-Id", requestId);
    answerJson(response, { error: { message: "It failed." }, status }, status);
  });
  const error: unknown = await service.client.getClip("c1").catch((reason: unknown) => reason);
  if (isDirectUploadError(error)) return error;
  throw new Error("The call has not failed.");
}

describe("an error of the service", () => {
  test("has the id of its request, and names it where only the log says more", async () => {
    const error = await fail(500, "req-1");
    expect(error.requestId).toBe("req-1");
    expect(error.message).toContain("the service's log says more, under the request id req-1.");
  });

  test("whose message says what is wrong has the id beside it", async () => {
    const error = await fail(400, "req-1");
    expect(error.requestId).toBe("req-1");
    expect(error.message).not.toContain("req-1");
  });

  test.each([
    undefined,
    "two words",
    "<b>",
    "x".repeat(129),
    // The access token of the client, which a proxy has sent back.
    "token",
  ])("has none from an answer with the id %j", async (id) => {
    const error = await fail(500, id);
    expect(error.requestId).toBeUndefined();
    expect(error.message).toContain("the service's log says more.");
  });
});
