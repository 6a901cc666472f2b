import type { ApiUploadOptions, UploadReport } from "@clipcourier/vscode-api";
import { CancellationTokenSource, Uri } from "vscode";
import { findExtension } from "./extension.ts";

const running = new Set<CancellationTokenSource>();

/** Uploads through the API, as another extension does. */
export async function upload(uris: string[], options: Omit<ApiUploadOptions, "token"> = {}) {
  const api = await findExtension().activate();
  const source = new CancellationTokenSource();
  running.add(source);
  try {
    const parsed = uris.map((uri) => Uri.parse(uri, true));
    return toJson(await api.upload(parsed, { ...options, token: source.token }));
  } finally {
    running.delete(source);
    source.dispose();
  }
}

/** Cancels the tokens of all running uploads. */
export function cancelUploads(): void {
  for (const source of running) source.cancel();
}

function toJson({ clips, failures, leftOut, cancelled }: UploadReport) {
  return {
    clips: clips.map((one) => ({ ...one, uri: one.uri.toString() })),
    failures: failures.map((one) => ({ ...one, uri: one.uri.toString() })),
    leftOut: leftOut.map(String),
    cancelled,
  };
}
