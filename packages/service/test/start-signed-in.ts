import { expect } from "vitest";
import { type Session, signIn, startTestService, type TestService } from "./start-test-service.js";
import { UploadClient } from "./upload-client.js";

/** A service, and one account that has signed in to it. */
export async function startSignedIn(
  options: Parameters<typeof startTestService>[0] = {},
): Promise<{ service: TestService; session: Session; client: UploadClient }> {
  const service = await startTestService(options);
  const session = await signIn(service);
  return { service, session, client: new UploadClient(service, session) };
}

/** An answer without data, such as a refusal with its message. */
export function shape(status: number, message: unknown = expect.any(String)) {
  return { error: { message }, status };
}
