/**
 * Loaded into `clipcourier serve` with `--import`: the service then finds no node-av and no ffmpeg, so
 * that it takes any bytes for a video and spends no time on pictures.
 */
import module from "node:module";

Object.assign(module, { findPackageJSON: () => undefined });
module.syncBuiltinESMExports();
process.env.PATH = "";
