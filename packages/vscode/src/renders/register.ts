import {
  commands,
  type Disposable,
  type LogOutputChannel,
  l10n,
  type Memento,
  StatusBarAlignment,
  type Uri,
  window,
} from "vscode";
import type { UploadedClip } from "../api.js";
import type { LocalFiles } from "../clips/local-files.js";
import type { Clients } from "../services/clients.js";
import type { Service, Services } from "../services/services.js";
import { asText } from "../texts/as-text.js";
import { listFiles, readSelection } from "../upload/selection.js";
import type { Uploads } from "../upload/uploads.js";
import { isVideo, nameOf } from "../upload/video-files.js";
import { RenderUploads } from "./render-uploads.js";
import { RenderWatch } from "./render-watch.js";
import { type NewVersion, offerReplacing } from "./replace.js";
import { WatchedFiles } from "./watched-files.js";

export interface RendersContext {
  uploads: Uploads;
  services: Services;
  clients: Clients;
  localFiles: LocalFiles;
  log: LogOutputChannel;
  /** The state of the workspace. */
  memento: Memento;
  /** Asks to connect where there is no service; `undefined` when the person cancels. */
  requireService(): Promise<Service | undefined>;
}

/** Registers what is done with new renders of files: new versions of clips, and watching. */
export function registerRenders(context: RendersContext): Disposable[] {
  const { memento, uploads, services, log } = context;
  const files = new WatchedFiles(memento);
  const status = window.createStatusBarItem("clipcourier.watched", StatusBarAlignment.Left, 0);
  status.name = l10n.t("Clipcourier: Watched Videos");
  status.command = "clipcourier.stopWatching";
  const offered = new Set<string>();
  const renders = new RenderUploads({
    ...{ uploads, services, log },
    isWatched: (file) => watch.isWatched(file),
    isLookedAtAgain: (uri) => files.has(uri),
    onUploaded: (uri, state) => {
      if (files.has(uri)) void files.keep(uri, state);
    },
    onChanged: (file) => watch.touch(file),
    onClips: (clips, service) => {
      const news = clips.filter(({ clip }) => !offered.has(clip.id));
      for (const { clip } of news) offered.add(clip.id);
      const versions = listNewVersions(news, service, context.localFiles);
      if (versions.length > 0) void offerReplacing(versions, service, context, false);
    },
  });
  const onChange = () => showWatched(status, files.list(), watch.patterns);
  const watch = new RenderWatch({ files, memento, uploads: renders, log, onChange });
  void watch.start();
  return [
    ...[files, status, watch, window.registerFileDecorationProvider(files)],
    commands.registerCommand("clipcourier.uploadNewVersion", (...given: unknown[]) =>
      uploadNewVersion(given, context),
    ),
    commands.registerCommand("clipcourier.watchFile", (...given: unknown[]) =>
      watchFiles(given, watch, context),
    ),
    commands.registerCommand("clipcourier.stopWatching", (...given: unknown[]) =>
      stopWatching(given, watch, files),
    ),
  ];
}

// The service is asked for the addresses of each, and older ones are hardly linked to.
const mostEarlier = 20;

function listNewVersions(
  clips: readonly UploadedClip[],
  service: Service,
  localFiles: LocalFiles,
): NewVersion[] {
  return clips
    .map((uploaded) => ({
      uploaded,
      earlier: localFiles
        .listClips(uploaded.uri, service)
        .filter((id) => id !== uploaded.clip.id)
        .slice(-mostEarlier),
    }))
    .filter(({ earlier }) => earlier.length > 0);
}

async function uploadNewVersion(given: readonly unknown[], context: RendersContext): Promise<void> {
  const { uploads, localFiles, requireService } = context;
  const selection = await readSelection(...given);
  if (selection.files.length === 0) {
    await uploads.upload(selection);
    return;
  }
  // Another service can become the active one during the upload.
  const service = await requireService();
  if (service === undefined) return;
  const report = await uploads.upload(selection, {}, service);
  const versions = listNewVersions(report?.clips ?? [], service, localFiles);
  if (versions.length > 0) await offerReplacing(versions, service, context, true);
}

async function watchFiles(
  given: readonly unknown[],
  watch: RenderWatch,
  { requireService, log }: RendersContext,
): Promise<void> {
  const { files, leftOut } = await readSelection(...given);
  const videos = files.filter(isVideo);
  const others = [...files.filter((uri) => !isVideo(uri)), ...leftOut];
  if (others.length > 0) {
    const names = others.map(nameOf).join(", ");
    const text = l10n.t("Only videos are watched. Left out: {0}.", names);
    void window.showWarningMessage(asText(text));
  }
  if (videos.length === 0) return;
  const service = await requireService();
  if (service === undefined) return;
  const refused = await watch.add(videos);
  if (refused.length > 0) {
    const links = refused.map(nameOf).join(", ");
    const text = l10n.t(
      "Not watched, because they are links out of their folder: {0}. Watch the files that they lead to.",
      links,
    );
    void window.showWarningMessage(asText(text));
  }
  const watched = videos.filter((uri) => !refused.includes(uri));
  if (watched.length === 0) return;
  const names = watched.map(nameOf).join(", ");
  log.info(`Watching ${watched.map(String).join(", ")}`);
  const text = l10n.t("New renders of {0} are uploaded to {1} from now on.", names, service.label);
  void window.showInformationMessage(asText(text));
}

async function stopWatching(
  given: readonly unknown[],
  watch: RenderWatch,
  files: WatchedFiles,
): Promise<void> {
  const chosen = listFiles(given).filter(isVideo);
  await watch.remove(chosen.length > 0 ? chosen : await pickWatched(files.list()));
}

async function pickWatched(uris: readonly Uri[]): Promise<Uri[]> {
  if (uris.length === 0) {
    const text = l10n.t(
      "No single file is watched. Patterns are in the setting clipcourier.watch.",
    );
    void window.showInformationMessage(text);
    return [];
  }
  const items = uris.map((uri) => ({ label: nameOf(uri), description: uri.fsPath, uri }));
  const title = l10n.t("Which files should no longer be watched?");
  const picked = await window.showQuickPick(items, { title, canPickMany: true });
  return (picked ?? []).map(({ uri }) => uri);
}

function showWatched(
  status: ReturnType<typeof window.createStatusBarItem>,
  uris: readonly Uri[],
  patterns: readonly string[],
): void {
  const count = uris.length + patterns.length;
  if (count === 0) {
    status.hide();
    return;
  }
  status.text = `$(eye) ${count}`;
  const names = [...uris.map(nameOf), ...patterns].join(", ");
  const label = l10n.t("New renders are uploaded as clips: {0}", names);
  status.tooltip = `${label}\n${l10n.t("Click to stop watching.")}`;
  status.accessibilityInformation = { label, role: "button" };
  status.show();
}
