import { signIn, type TestService } from "./start-test-service.js";
import { UploadClient } from "./upload-client.js";

export const address = "https://github.com/octo/intro/pull/12";
export const other = "https://github.com/octo/intro/pull/13";

/** A client of an account of its own. */
export async function connect(service: TestService): Promise<UploadClient> {
  return new UploadClient(service, await signIn(service));
}

/** The query of an upload that is kept for a pull request. */
export function queryFor({ length }: Uint8Array, pull = address): string {
  return `size=${length}&keep_for=${encodeURIComponent(pull)}`;
}

interface Reported {
  clips: number;
  days?: number;
}

/** Says what has become of a pull request. */
export function report(
  client: UploadClient,
  state: string,
  pull = address,
  more: Record<string, string> = {},
) {
  const body = new URLSearchParams({ address: pull, state, ...more });
  return client.call<Reported>("me/pullrequests", { method: "POST", body });
}

/** The same account in a new session. */
export async function again({ service, session }: UploadClient): Promise<UploadClient> {
  const { appId, appSecret } = session;
  const response = await fetch(`${service.rootUrl}login/app/`, {
    ...{ method: "POST", headers: { "X-PV-Meta-App": appId } },
    body: new URLSearchParams({ app_secret: appSecret }),
  });
  const { data } = (await response.json()) as { data: Record<string, string>[] };
  const keys = { "X-Access-Key": data[0]?.access_key ?? "" };
  const headers = { ...session.headers, ...keys, "X-Access-Token": data[0]?.access_token ?? "" };
  return new UploadClient(service, { ...session, headers });
}
