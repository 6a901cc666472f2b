import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { AV_LOG_QUIET } from "node-av/constants";
import { Log } from "node-av/lib";
import type { Engine } from "../engine.js";
import { encodeAnimation, encodeJpeg, encodePng } from "./encode.js";
import { NodeAvVideo } from "./node-av-video.js";

/** FFmpeg from the package node-av. */
export function createNodeAvEngine(): Engine {
  Log.setLevel(AV_LOG_QUIET);
  return {
    name: `node-av ${readVersion()}`,
    open: (source) => NodeAvVideo.open(source),
    encodeJpeg,
    encodePng,
    encodeAnimation,
  };
}

function readVersion(): string {
  const path = findPackageJSON("node-av", import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(path ?? "", "utf8"));
  return version;
}
