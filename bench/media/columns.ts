import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "../measure.ts";
import type { Work } from "./works.ts";

/** One of the ways in which a work is done. */
export interface Column {
  title: string;
  /** None where this way does not know the work. */
  commandsOf(work: Work, job: Job): readonly Command[];
}

interface Job {
  video: string;
  seconds: number;
  /** For what is made. */
  folder: string;
}

const now = resolve(import.meta.dirname, "../..");
const script = join(import.meta.dirname, "inspect-process.mjs");

/** @param against another checkout */
export async function listColumns(against: string | undefined): Promise<Column[]> {
  const columns: Column[] = [
    serviceColumn("node-av", now, { kind: "node-av" }, () => true),
    serviceColumn("ffmpeg", now, await chooseProgram(), () => true),
    {
      title: "by hand",
      commandsOf: (work, { video, seconds, folder }) => work.byHand(video, seconds, folder),
    },
  ];
  if (against !== undefined) {
    const engine = { kind: "node-av" };
    columns.push(serviceColumn("before", against, engine, ({ wasDone }) => wasDone ?? false));
  }
  return columns;
}

/** Debian's ffmpeg as the service chooses it, which it does once and not for each video. */
async function chooseProgram(): Promise<object> {
  const file = join(now, "packages/service/dist/media/engine/choose-engine.js");
  const { chooseEngine } = await import(pathToFileURL(file).href);
  const { choice, engine } = await chooseEngine("/usr/bin/ffmpeg");
  if (choice === null) throw new Error(engine.missing);
  return choice;
}

function serviceColumn(
  title: string,
  checkout: string,
  engine: object,
  isKnown: (work: Work) => boolean,
): Column {
  const program = process.execPath;
  return {
    title,
    commandsOf(work, { video, folder }) {
      if (!isKnown(work)) return [];
      const output = join(folder, "rendition.mp4");
      const args = [script, checkout, JSON.stringify(engine), video, output, ...work.wanted];
      return [{ program, args }];
    },
  };
}
