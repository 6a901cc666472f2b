import { setSecret } from "@actions/core";
import {
  type CallOptions,
  DirectUploadClient,
  type Session,
  type UploadPlan,
  type UploadRequest,
} from "@clipcourier/core";

// An output that holds a masked text is dropped by the runner, and a short text stands in many.
const shortestSecret = 4;

/** Has the runner replace the text by `***` in the log, whoever prints it. */
export function mask(secret: string | undefined): void {
  if (secret !== undefined && secret.length >= shortestSecret) setSecret(secret);
}

/** A client whose session and whose part URLs' signatures are masked as soon as they are known. */
export class MaskingClient extends DirectUploadClient {
  override async signIn(...given: Parameters<DirectUploadClient["signIn"]>): Promise<Session> {
    const session = await super.signIn(...given);
    mask(session.accessKey);
    mask(session.accessToken);
    return session;
  }

  override async requestUpload(request: UploadRequest, options?: CallOptions): Promise<UploadPlan> {
    const plan = await super.requestUpload(request, options);
    if (!plan.isKnown) for (const { url } of plan.urls) maskSignature(url);
    return plan;
  }
}

/** Only what makes the URL valid: a part of it that is public may stand in an output. */
function maskSignature(url: string): void {
  for (const [name, value] of URL.parse(url)?.searchParams ?? []) {
    if (/^(x-(amz|goog)-signature|x-amz-security-token|signature)$/i.test(name)) mask(value);
  }
}
