import { type Clip, isDirectUploadError } from "@clipcourier/core";
import { type LogOutputChannel, l10n, ProgressLocation, type Uri, window } from "vscode";
import type { UploadedClip } from "../api.js";
import { isBeingMade } from "../clips/clip-text.js";
import type { Clients } from "../services/clients.js";
import type { Service } from "../services/services.js";
import { asText } from "../texts/as-text.js";
import { describeError } from "../texts/describe-error.js";
import { nameOf } from "../upload/video-files.js";
import { type AddressPair, inferAddresses, pairAddresses } from "./addresses.js";
import { type FoundLinks, findLinks, replaceLinks } from "./links.js";
import { mostFiles } from "./text-files.js";

export interface ReplaceContext {
  clients: Clients;
  log: LogOutputChannel;
}

/** A clip, and the ids of the clips that were made of the same file before. */
export interface NewVersion {
  uploaded: UploadedClip;
  earlier: readonly string[];
}

/**
 * Looks for links to the earlier clips of these files in the workspace, and offers to replace them.
 * Resolves when the message is answered or closed.
 *
 * @param isAsked whether the person waits for it, so that it says as well when there is no link
 */
export async function offerReplacing(
  versions: readonly NewVersion[],
  service: Service,
  context: ReplaceContext,
  isAsked: boolean,
): Promise<void> {
  const title = l10n.t("Looking for links to the earlier clips");
  try {
    const found = await window.withProgress(
      { location: ProgressLocation.Window, title },
      async () => findLinks(await pairAll(versions, service, context)),
    );
    logFound(found, context.log);
    if (found.links.length > 0)
      await ask(describeFound(versions, found), versions, service, context);
    else if (isAsked) void window.showInformationMessage(asText(describeNothing(versions, found)));
  } catch (error) {
    const describe = (reason: string) => l10n.t("No links were looked for: {0}", reason);
    tellFailure(error, service, context, isAsked ? describe : undefined);
  }
}

async function ask(
  text: string,
  versions: readonly NewVersion[],
  service: Service,
  context: ReplaceContext,
): Promise<void> {
  const [all, shown] = [l10n.t("Replace All"), l10n.t("Preview…")];
  const answer = await window.showInformationMessage(asText(text), all, shown);
  if (answer === undefined) return;
  try {
    await replaceAll(answer === shown, versions, service, context);
  } catch (error) {
    const describe = (reason: string) => l10n.t("No links were replaced: {0}", reason);
    tellFailure(error, service, context, describe);
  }
}

/** @param describe the message for the person, where they wait for it */
function tellFailure(
  error: unknown,
  { label }: Service,
  { log }: ReplaceContext,
  describe: ((reason: string) => string) | undefined,
): void {
  log.error(`Links to earlier clips are left as they are: ${String(error)}`);
  if (describe === undefined) return;
  void window.showErrorMessage(asText(describe(describeError(error, label))));
}

async function replaceAll(
  isShown: boolean,
  versions: readonly NewVersion[],
  service: Service,
  context: ReplaceContext,
): Promise<void> {
  // The texts and the clips can have changed since the message was shown.
  const pairs = await pairAll(await awaitPictures(versions, service, context), service, context);
  const before = await findLinks(pairs);
  const isChanged = await replaceLinks(before.links, isShown);
  const after = await findLinks(pairs);
  const count = isChanged ? before.links.length - after.links.length : 0;
  context.log.info(`${count} of ${before.links.length} links to earlier clips were replaced`);
  if (count === 0 && before.links.length > 0) {
    await ask(describeUnchanged(isShown), versions, service, context);
    return;
  }
  void window.showInformationMessage(
    asText([l10n.t("Links replaced: {0}.", count), ...describeRest(after)].join(" ")),
  );
}

function describeUnchanged(isShown: boolean): string {
  return isShown
    ? // The editor does not tell a preview that was discarded from one in which nothing was ticked.
      l10n.t("No link was replaced. In the preview, tick those to replace.")
    : l10n.t(
        "No link was replaced: one of the texts was changed at that moment, or cannot be written. Try again.",
      );
}

// Pictures are made after the upload. So often they are asked for, and so many ms apart.
const mostAttempts = 20;
const attemptInterval = 1_500;

/** Waits for a while until the new clips have their pictures, which are links as well. */
async function awaitPictures(
  versions: readonly NewVersion[],
  service: Service,
  { clients }: ReplaceContext,
): Promise<NewVersion[]> {
  const title = l10n.t("Waiting for the pictures of the clip");
  return window.withProgress({ location: ProgressLocation.Window, title }, async () => {
    const client = await clients.share(service);
    const refresh = async ({ uploaded, earlier }: NewVersion): Promise<NewVersion> => {
      let { clip }: { clip: Clip } = uploaded;
      for (let attempt = 0; attempt < mostAttempts; attempt++) {
        clip = await client.getClip(clip.id);
        if (clip.status !== "pending" && !isBeingMade(clip)) break;
        await new Promise((resolve) => setTimeout(resolve, attemptInterval));
      }
      return { earlier, uploaded: { ...uploaded, clip: { ...uploaded.clip, ...clip } } };
    };
    return Promise.all(versions.map(refresh));
  });
}

async function pairAll(
  versions: readonly NewVersion[],
  service: Service,
  { clients }: ReplaceContext,
): Promise<AddressPair[]> {
  const client = await clients.share(service);
  const pair = async (id: string, clip: Clip): Promise<AddressPair[]> => {
    try {
      return pairAddresses(await client.getClip(id), clip);
    } catch (error) {
      // A clip that was deleted or has expired is linked to all the same.
      const isGone =
        isDirectUploadError(error, "not_found") || isDirectUploadError(error, "forbidden");
      if (!isGone) throw error;
      return pairAddresses(inferAddresses(id, clip), clip);
    }
  };
  const pairs = versions.flatMap(({ earlier, uploaded }) =>
    earlier.map((id) => pair(id, uploaded.clip)),
  );
  return (await Promise.all(pairs)).flat();
}

function logFound({ links, fileCount, limits }: FoundLinks, log: LogOutputChannel): void {
  log.info(`${links.length} links to earlier clips in ${fileCount} files`);
  for (const uri of limits.large)
    log.warn(`${uri.toString()} is too large to look for links in it`);
  if (limits.areMore) log.warn(`Only ${mostFiles} files were looked through for links`);
}

function describeFound(versions: readonly NewVersion[], found: FoundLinks): string {
  const { links, fileCount } = found;
  const [first] = versions;
  const text =
    versions.length === 1 && first !== undefined
      ? l10n.t(
          "{0} has a new clip. Links to the earlier one: {1} (files: {2}).",
          nameOf(first.uploaded.uri),
          links.length,
          fileCount,
        )
      : l10n.t(
          "{0} videos have new clips. Links to the earlier ones: {1} (files: {2}).",
          versions.length,
          links.length,
          fileCount,
        );
  return [text, ...describeRest(found)].join(" ");
}

function describeNothing(versions: readonly NewVersion[], found: FoundLinks): string {
  const names = versions.map(({ uploaded }) => nameOf(uploaded.uri)).join(", ");
  const text = l10n.t("No text of this workspace links to an earlier clip of {0}.", names);
  return [text, ...describeRest(found)].join(" ");
}

/** What stays, and what was not looked through. */
function describeRest({ kept, limits }: FoundLinks): string[] {
  const rest: string[] = [];
  if (kept.length > 0)
    rest.push(
      l10n.t("Addresses that stay, since the new clip has no such file: {0}.", kept.length),
    );
  if (limits.large.length > 0)
    rest.push(l10n.t("Too large to be looked through: {0}.", describeUris(limits.large)));
  if (limits.areMore) rest.push(l10n.t("Only {0} files were looked through.", mostFiles));
  return rest;
}

// A message has room for a few names; the log has all of them.
const mostNames = 3;

function describeUris(uris: readonly Uri[]): string {
  const names = uris.slice(0, mostNames).map(nameOf).join(", ");
  return uris.length > mostNames ? `${names}, …` : names;
}
