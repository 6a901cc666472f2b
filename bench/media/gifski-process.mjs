/**
 * Encodes frames as a GIF with gifski: `gifski-process.mjs PACKAGE FRAMES OUTPUT WIDTH HEIGHT RATE QUALITY`,
 * where PACKAGE is the folder of gifski-wasm and FRAMES has pixels of 3 bytes.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder = "", frames = "", output = "", ...numbers] = process.argv.slice(2);
const [width, height, fps, quality] = numbers.map(Number);
// It reads its program relative to the working folder.
process.chdir(join(folder, "dist"));
const { encode } = await import(pathToFileURL(join(folder, "dist/node.js")).href);
const rgb = await readFile(frames);
const pixels = width * height;
const rgba = new Uint8Array((rgb.length / 3) * 4);
for (let pixel = 0; pixel < rgb.length / 3; pixel += 1) {
  rgba.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
  rgba[pixel * 4 + 3] = 255;
}
const list = Array.from({ length: rgba.length / 4 / pixels }, (_, number) =>
  rgba.subarray(number * pixels * 4, (number + 1) * pixels * 4),
);
await writeFile(output, await encode({ frames: list, width, height, fps, quality }));
