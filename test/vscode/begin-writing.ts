import { Gate, holdAt } from "../faults/gate.ts";
import { connect } from "./connect.ts";
import { type FrontedService, startFrontedService } from "./fronted-service.ts";
import type { Stage } from "./stage.ts";
import { TextEditor } from "./workbench/text-editor.ts";
import { type Files, makeWorkspace } from "./workspace.ts";

/** Settings with which the lines on the screen are those of the file. */
export const writingSettings = {
  "files.autoSave": "off",
  "editor.minimap.enabled": false,
  "editor.wordWrap": "off",
  "[markdown]": { "editor.wordWrap": "off" },
};

export const placeholder = /\[Uploading intro\.mp4…\]\(uploading:[0-9a-f]{12}\)/;
export const linkedPicture = /\[!\[intro\.mp4\]\(http\S*\/preview\.gif\)\]\(http\S*\/c\/[\w%-]+\)/;

/** Opens a folder with a text file, with the cursor at its end, connected to a service. */
export async function beginWriting(
  stage: Stage,
  text: { name: string; content: string },
  files: Files,
) {
  const service = await startFrontedService({ looksInto: true });
  const folder = await makeWorkspace({ ...files, [text.name]: text.content });
  const workbench = await stage.open(folder);
  await connect(workbench, service);
  const editor = new TextEditor(workbench);
  await editor.open(text.name);
  await editor.press("Control+End");
  return { service, folder, workbench, editor };
}

/** Holds all parts at a gate. */
export function holdParts({ front }: FrontedService): Gate {
  const gate = new Gate();
  front.script([{ when: { method: "PUT" }, times: 99, fault: holdAt(gate) }]);
  return gate;
}
