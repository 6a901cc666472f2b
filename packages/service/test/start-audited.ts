import { pino } from "pino";
import { signIn, startTestService } from "./start-test-service.js";
import { UploadClient } from "./upload-client.js";

/** A service that writes an audit log, with the lines that it has written. */
export async function startAudited() {
  const lines: string[] = [];
  const audit = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  const service = await startTestService({ audit, trustProxy: true });
  const session = await signIn(service);
  const client = new UploadClient(service, session);
  return { service, session, client, lines, read: () => lines.map((line) => JSON.parse(line)) };
}
