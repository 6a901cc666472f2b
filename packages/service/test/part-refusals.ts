import { expect } from "vitest";
import { signIn, startTestService } from "./start-test-service.js";
import { isOnBucket } from "./test-ground.js";
import { answerOf, chunkSize, first, makeContent, putPart, UploadClient } from "./upload-client.js";

/** A service with an upload of two parts, of which the second has 1,000 bytes. */
export async function startUpload(options = {}) {
  const service = await startTestService(options);
  const client = new UploadClient(service, await signIn(service));
  const content = makeContent(chunkSize + 1000);
  const plan = first(await client.plan(content));
  const [one, two] = plan.urls;
  return { service, client, content, plan, one: one?.url ?? "", two: two?.url ?? "" };
}

/** The status of a part that is refused; the service's own refusals have the documented shape. */
export async function refusal(url: string, part: Uint8Array, headers: Record<string, string> = {}) {
  const response = await putPart(url, part, headers);
  if (isOnBucket()) await response.arrayBuffer();
  else {
    const { body } = await answerOf(response);
    expect(body).toEqual({ error: { message: expect.any(String) }, status: response.status });
  }
  return response.status;
}

/** The numbers of the parts that are stored. */
export async function storedParts(client: UploadClient, content: Uint8Array): Promise<number[]> {
  const { parts = [] } = first(await client.plan(content));
  return parts.map((part) => part.PartNumber);
}
