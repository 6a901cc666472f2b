import { join } from "node:path";
import { commands, type ExtensionContext, l10n, window } from "vscode";
import { registerForAgents } from "./agents/register.js";
import type { ApiUploadOptions, ClipcourierApi, UploadedClip } from "./api.js";
import { registerClipCommands } from "./clips/clip-commands.js";
import { ClipEditors } from "./clips/clip-editor.js";
import { ClipList } from "./clips/clip-list.js";
import { ClipsView } from "./clips/clips-view.js";
import { LocalFiles } from "./clips/local-files.js";
import { Pictures } from "./clips/pictures.js";
import { tryLocally } from "./local-service/try-locally.js";
import { registerRenders } from "./renders/register.js";
import { disconnect, requireService, switchService } from "./services/choose-service.js";
import { Clients } from "./services/clients.js";
import { type ChooseContext, connect } from "./services/connect.js";
import { showService } from "./services/service-status.js";
import { type Service, Services } from "./services/services.js";
import { offerToGoOn } from "./upload/resume.js";
import { RunningStatus } from "./upload/running-status.js";
import { readSelection, sortSelection } from "./upload/selection.js";
import { UnfinishedBatches } from "./upload/unfinished.js";
import { uploadChangedVideos, uploadFolder } from "./upload/upload-folder.js";
import { Uploads } from "./upload/uploads.js";
import { VideoFolders } from "./upload/video-folders.js";
import { ClipDrag } from "./writing/clip-drag.js";
import { LeftPlaceholders } from "./writing/left-placeholders.js";
import { StoredVideos } from "./writing/stored-videos.js";
import { TransferredVideos } from "./writing/transferred-videos.js";
import { registerWriting } from "./writing/writing.js";

export type {
  ApiUploadOptions,
  ClipcourierApi,
  FailedVideo,
  UploadedClip,
  UploadReport,
} from "./api.js";

let running: Uploads | undefined;

export function activate(context: ExtensionContext): ClipcourierApi {
  const log = window.createOutputChannel("Clipcourier", { log: true });
  const services = new Services(context);
  const clients = new Clients(context, services, log);
  const status = new RunningStatus();
  const localFiles = new LocalFiles(context.globalState);
  const unfinished = new UnfinishedBatches(context.workspaceState);
  const list = new ClipList(services, clients, log);
  // A folder for each workspace, because a window empties it when it starts.
  const storage = context.storageUri ?? context.globalStorageUri;
  const pictures = new Pictures(join(storage.fsPath, "pictures"));
  const left = new LeftPlaceholders({ services, clients, log, memento: context.workspaceState });
  const stored = new StoredVideos(join(storage.fsPath, "transferred"), () =>
    [...unfinished.listVideos(), ...left.listVideos()].map(({ fsPath }) => fsPath),
  );
  const transferred = new TransferredVideos(stored);
  const drag = new ClipDrag(transferred, (videos) => uploads.upload(sortSelection(videos)));
  const view = new ClipsView(list, localFiles, services, pictures, drag);
  const editors = new ClipEditors({
    ...{ list, services, clients, localFiles, log },
    extension: context.extensionUri,
  });
  const choosing: ChooseContext = {
    ...{ services, clients, log },
    storage: context.globalStorageUri.fsPath,
    extension: context.extensionUri,
  };
  const uploads = new Uploads({
    ...{ clients, log, status, unfinished, localFiles },
    requireService: () => requireService(choosing),
    connect: (service) => connect(choosing, service),
    startService: async () => {
      await tryLocally(choosing);
    },
    openClips: (clips, service) => openClips(clips, service, editors),
    onUploaded: () => list.refreshSoon(),
  });
  running = uploads;
  const writing = registerWriting({
    ...{ uploads, services, clients, pictures, transferred, drag, left, list, log },
    requireService: () => requireService(choosing),
  });
  context.subscriptions.push(
    ...[log, services, clients, status, list, editors, localFiles],
    services.onDidForget((service) => void localFiles.forgetService(service)),
    ...[view, new VideoFolders(), ...showService(services)],
    ...registerClipCommands({
      ...{ list, view, editors, localFiles, pictures, services, clients, log },
    }),
    ...registerCommands(uploads, choosing),
    ...writing.disposables,
    ...registerRenders({
      ...{ uploads, services, clients, localFiles, log, memento: context.workspaceState },
      requireService: () => requireService(choosing),
    }),
    ...registerForAgents({
      ...{ uploads, services, log, storage: choosing.storage },
      requireService: () => requireService(choosing),
    }),
  );
  void offerToGoOn({ unfinished, uploads, services, texts: writing.insertions });
  return createApi(uploads);
}

/** Stops the uploads that are running. The next start offers to resume them. */
export function deactivate(): void {
  running?.close();
}

function registerCommands(uploads: Uploads, choosing: ChooseContext) {
  const register = (name: string, run: (...args: unknown[]) => unknown) =>
    commands.registerCommand(`clipcourier.${name}`, run);
  return [
    register("upload", async (...given) => {
      await uploads.upload(await readSelection(...given));
    }),
    register("uploadFolder", (clicked, selected) => uploadFolder(uploads, clicked, selected)),
    register("uploadChangedVideos", (...given) => uploadChangedVideos(uploads, given)),
    register("cancelUploads", () => uploads.cancel()),
    register("connect", async () => {
      await connect(choosing);
    }),
    register("tryLocally", async () => {
      await tryLocally(choosing);
    }),
    register("switchService", () => switchService(choosing)),
    register("disconnect", () => disconnect(choosing)),
    register("showLog", () => choosing.log.show()),
  ];
}

// One clip is played; of several, the list has them at its top.
async function openClips(
  clips: readonly UploadedClip[],
  service: Service | undefined,
  editors: ClipEditors,
): Promise<void> {
  const [first] = clips;
  if (clips.length === 1 && first !== undefined) await editors.open(first.clip, service);
  else await commands.executeCommand("clipcourier.clips.focus");
}

function createApi(uploads: Uploads): ClipcourierApi {
  return {
    async upload(uris, options: ApiUploadOptions = {}) {
      const report = await uploads.upload(sortSelection(uris), options);
      if (report === undefined) throw new Error(l10n.t("No service was connected to."));
      return report;
    },
  };
}
