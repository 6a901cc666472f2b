import type { Clip, ClipLink } from "@clipcourier/core";
import PQueue from "p-queue";
import { env, type LogOutputChannel, l10n, Uri, window } from "vscode";
import type { Clients } from "../services/clients.js";
import type { Service } from "../services/services.js";
import { asText } from "../texts/as-text.js";
import { describeError } from "../texts/describe-error.js";
import { formatTime } from "./clip-item.js";
import { titleOf } from "./clip-text.js";
import { copy } from "./clipboard.js";

const hour = 3_600_000;
/** So many links are asked for at once. */
const mostAtOnce = 4;
// A person waits for it.
const call = { retry: { attempts: 2 } };

/** For how many milliseconds a link opens a private clip, by what it is for. */
export const lifetimes = {
  /** It is given to others. */
  copied: 7 * 24 * hour,
  /** A browser keeps it in its history. */
  opened: hour,
  /** An editor of a clip that is open for longer asks for another one. */
  played: 24 * hour,
};

export interface LinkContext {
  clients: Clients;
  log: LogOutputChannel;
}

/**
 * The clip with addresses that open it: those of a private one are signed.
 *
 * @param service that of the clip; where it is not known, the addresses stay as they are
 */
export async function signClip(
  clip: Clip,
  service: Service | undefined,
  expiresIn: number,
  clients: Clients,
): Promise<ClipLink> {
  if (!clip.isPrivate || service === undefined) return { ...clip, expiresOn: null };
  return (await clients.share(service)).createLink(clip.id, { ...call, expiresIn });
}

/** Copies links that open the clips, and says until when where that is not for ever. */
export async function copyLinks(
  clips: readonly Clip[],
  service: Service | undefined,
  { clients, log }: LinkContext,
): Promise<void> {
  try {
    const queue = new PQueue({ concurrency: mostAtOnce });
    const links = await queue.addAll(
      clips.map((clip) => () => signClip(clip, service, lifetimes.copied, clients)),
    );
    await copy(links.map(({ url }) => url));
    const ends = links.flatMap(({ expiresOn }) => expiresOn ?? []).sort();
    if (ends[0] !== undefined) sayUntil(formatTime(Date.parse(ends[0])), ends.length);
  } catch (error) {
    tellFailure(clips, service, error, log);
  }
}

/** Opens the page of the clip in a browser. */
export async function openInBrowser(
  clip: Clip,
  service: Service | undefined,
  { clients, log }: LinkContext,
): Promise<void> {
  try {
    const { url } = await signClip(clip, service, lifetimes.opened, clients);
    // A service could send the URI of a command instead of an address.
    const isOpen = /^https?:/i.test(url) && (await env.openExternal(Uri.parse(url)));
    if (isOpen) return;
    void window.showWarningMessage(asText(l10n.t("{0} could not be opened.", clip.url)));
  } catch (error) {
    tellFailure([clip], service, error, log);
  }
}

function sayUntil(end: string, count: number): void {
  const text =
    count === 1
      ? l10n.t("Copied. Whoever has this link can open the private clip until {0}.", end)
      : l10n.t("Copied. Whoever has these links can open the private clips until {0}.", end);
  void window.showInformationMessage(asText(text));
}

function tellFailure(
  clips: readonly Clip[],
  service: Service | undefined,
  error: unknown,
  log: LogOutputChannel,
): void {
  const names = clips.map(titleOf).join(", ");
  log.error(`No link to ${names} was made: ${String(error)}`);
  const reason = describeError(error, service?.label ?? "");
  void window.showErrorMessage(asText(l10n.t("No link to {0} could be made: {1}", names, reason)));
}
