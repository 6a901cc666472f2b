/**
 * An upload in a process of its own, to be killed.
 *
 *   node upload-process.ts '{"client": {…}, "file": "…", "options": {…}}'
 *
 * Prints `acknowledged <bytes>` as parts are stored, and at the end the result as JSON.
 */
import { DirectUploadClient, type UploadProgress } from "@clipcourier/core";

const { client: clientOptions, file, options } = JSON.parse(process.argv[2] ?? "");
let told = -1;
const onProgress = ({ acknowledged }: UploadProgress) => {
  if (acknowledged === told) return;
  told = acknowledged;
  console.log(`acknowledged ${acknowledged}`);
};
const client = new DirectUploadClient(clientOptions);
const result = await client.upload(file, { ...options, onProgress });
console.log(JSON.stringify(result));
