import { noChaptersKnown } from "@clipcourier/batch";
import { l10n, type Uri, window } from "vscode";
import type { FailedVideo, UploadedClip, UploadReport } from "../api.js";
import { copy } from "../clips/clipboard.js";
import type { Service } from "../services/services.js";
import { asText } from "../texts/as-text.js";
import type { MissingChapters } from "./upload-batch.js";
import { nameOf } from "./video-files.js";

/** A batch that has finished, and what the buttons of its summary do. */
export interface Summary {
  report: UploadReport;
  missingChapters: readonly MissingChapters[];
  /** How many videos were to be uploaded. */
  count: number;
  /** The videos that had not finished when the batch was stopped. */
  unfinished: readonly Uri[];
  /** Starts the service again, if Try It Locally had started it. */
  startService: (() => Promise<void>) | undefined;
  /** @param service where to. Default: the service of the batch */
  retry(uris: readonly Uri[], service?: Service): Promise<void>;
  openClips(clips: readonly UploadedClip[]): Promise<void>;
  copyLinks(clips: readonly UploadedClip[]): Promise<void>;
  /** Asks for the keys again; `undefined` when the person cancels. */
  connect(): Promise<Service | undefined>;
  showLog(): void;
}

interface Choice {
  title: string;
  run(): void | Promise<void>;
}

/**
 * Shows one message for the whole batch. Resolves when a button is chosen or the message closed.
 */
export async function showSummary(summary: Summary): Promise<void> {
  const { report, count, unfinished } = summary;
  const { clips, failures, leftOut } = report;
  const text = [
    describeOutcome(summary),
    describePlaying(clips),
    describeMissingChapters(summary.missingChapters),
    describeLeftOut(leftOut),
  ]
    .filter((part) => part !== "")
    .join(" ");
  const showLog = { title: l10n.t("Show Log"), run: summary.showLog };
  const copyFinished = clips.length > 0 ? [copyLinks(summary)] : [];
  if (isStopped(summary)) {
    await choose("warning", text, [
      { title: l10n.t("Go On"), run: () => summary.retry(unfinished) },
      ...(failures.length > 0 ? [showLog] : []),
      ...copyFinished,
    ]);
  } else if (failures.length > 0) {
    const severity = clips.length > 0 ? "warning" : "error";
    await choose(severity, text, [...mend(summary), showLog, ...copyFinished]);
  } else if (count === 0) {
    await choose("warning", text, []);
  } else {
    await choose("information", text, [
      copyIds(clips),
      copyLinks(summary),
      copyMarkdown(clips),
      { title: l10n.t("Open"), run: () => summary.openClips(clips) },
    ]);
  }
}

/** Whether it was cancelled before all of it had finished. */
function isStopped({ report, unfinished }: Summary): boolean {
  return report.cancelled && unfinished.length > 0;
}

async function choose(
  severity: "information" | "warning" | "error",
  text: string,
  choices: Choice[],
): Promise<void> {
  const shown = asText(text);
  const asked = {
    information: () => window.showInformationMessage(shown, ...choices),
    warning: () => window.showWarningMessage(shown, ...choices),
    error: () => window.showErrorMessage(shown, ...choices),
  };
  await (await asked[severity]())?.run();
}

function mend({ report, retry, connect, startService }: Summary): Choice[] {
  const { failures } = report;
  const retryFailed = (service?: Service) =>
    retry(
      failures.map(({ uri }) => uri),
      service,
    );
  const connectAndRetry = async () => {
    const service = await connect();
    if (service !== undefined) await retryFailed(service);
  };
  if (failures.some(({ code }) => code === "unauthorized")) {
    return [
      { title: l10n.t("Connect Again…"), run: connectAndRetry },
      { title: l10n.t("Retry"), run: () => retryFailed() },
    ];
  }
  if (startService !== undefined && failures.some(({ code }) => code === "network")) {
    const startAndRetry = async () => {
      await startService();
      await retryFailed();
    };
    return [{ title: l10n.t("Start It and Retry"), run: startAndRetry }];
  }
  return [{ title: l10n.t("Retry"), run: () => retryFailed() }];
}

function describeOutcome(summary: Summary): string {
  const { report, count } = summary;
  const { clips, failures } = report;
  if (isStopped(summary)) return describeStop(clips, failures, count);
  if (count === 0) return l10n.t("There is neither a video nor a picture among what was chosen.");
  if (failures.length > 0) return describeFailures(clips, failures);
  const known = clips.filter(({ outcome }) => outcome === "known").length;
  const [first] = clips;
  if (clips.length === 1 && first !== undefined) {
    const name = nameOf(first.uri);
    return known > 0
      ? l10n.t("{0} is a clip already; nothing had to be sent.", name)
      : l10n.t("{0} is a clip now.", name);
  }
  return known > 0
    ? l10n.t(
        "{0} files are clips now; {1} of them were known already, and nothing had to be sent for those.",
        clips.length,
        known,
      )
    : l10n.t("{0} files are clips now.", clips.length);
}

function describeStop(
  clips: readonly UploadedClip[],
  failures: readonly FailedVideo[],
  count: number,
): string {
  const finished =
    clips.length === 0
      ? l10n.t("Stopped; nothing was finished. Upload again to go on where it stopped.")
      : l10n.t(
          "Stopped. {0} of {1} files became clips: {2}.",
          clips.length,
          count,
          clips.map(({ uri }) => nameOf(uri)).join(", "),
        );
  return [finished, ...listFailures(failures)].join(" ");
}

// A message has room for a few reasons; the log has all of them.
const mostReasons = 3;

function describeFailures(
  clips: readonly UploadedClip[],
  failures: readonly FailedVideo[],
): string {
  const [first] = failures;
  if (clips.length === 0 && failures.length === 1 && first !== undefined) {
    return l10n.t("{0} was not uploaded: {1}", nameOf(first.uri), first.message);
  }
  const count = clips.length + failures.length;
  return [
    l10n.t("{0} of {1} files are clips now.", clips.length, count),
    ...listFailures(failures),
  ].join(" ");
}

function listFailures(failures: readonly FailedVideo[]): string[] {
  return listFirst(failures.map(({ uri, message }) => l10n.t("{0}: {1}", nameOf(uri), message)));
}

function listFirst(reasons: readonly string[]): string[] {
  const first = reasons.slice(0, mostReasons);
  const rest = reasons.length - first.length;
  return rest > 0 ? [...first, l10n.t("And {0} more; the log has them all.", rest)] : first;
}

/** Why clips have no chapters although files with some are beside their videos; empty where all have theirs. */
export function describeMissingChapters(missing: readonly MissingChapters[]): string {
  const others = missing.filter(({ problem }) => problem !== noChaptersKnown);
  const unknown = missing.length - others.length;
  const reasons = others.map(({ uri, problem }) =>
    l10n.t("The clip of {0} has no chapters: {1}", nameOf(uri), problem),
  );
  return [
    ...(unknown > 0
      ? [l10n.t("Clips without chapters, because the service does not know them: {0}.", unknown)]
      : []),
    ...listFirst(reasons),
  ].join(" ");
}

/** The clips that browsers do not play. */
function describePlaying(clips: readonly UploadedClip[]): string {
  const unplayable = clips.filter(({ clip }) => clip.plays === "download only");
  if (unplayable.length === 0) return "";
  const names = unplayable.map(({ uri }) => nameOf(uri)).join(", ");
  return l10n.t("Browsers do not play, so it can only be downloaded: {0}.", names);
}

function describeLeftOut(leftOut: readonly Uri[]): string {
  if (leftOut.length === 0) return "";
  const names = leftOut.map(nameOf).join(", ");
  return l10n.t("Left out, since they are neither videos nor pictures: {0}.", names);
}

function copyIds(clips: readonly UploadedClip[]): Choice {
  const title = clips.length === 1 ? l10n.t("Copy Clip ID") : l10n.t("Copy Clip IDs");
  return { title, run: () => copy(clips.map(({ clip }) => clip.id)) };
}

function copyLinks({ report: { clips }, ...summary }: Summary): Choice {
  const title = clips.length === 1 ? l10n.t("Copy Link") : l10n.t("Copy Links");
  return { title, run: () => summary.copyLinks(clips) };
}

function copyMarkdown(clips: readonly UploadedClip[]): Choice {
  return {
    title: l10n.t("Copy Markdown"),
    run: () => copy(clips.map(({ clip }) => clip.markdown)),
  };
}
