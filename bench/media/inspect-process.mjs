/**
 * Does one work on one video, as a child process of the service does it:
 * `inspect-process.mjs CHECKOUT ENGINE VIDEO OUTPUT WORK...`, where ENGINE is the choice as JSON, and WORK
 * is the name of a picture, `rendition`, or nothing for the facts.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [checkout = "", engineChoice = "", video = "", output = "", ...works] = process.argv.slice(2);

const media = join(checkout, "packages/service/dist/media");
const load = (file) => import(pathToFileURL(join(media, file)).href);

if (!existsSync(join(media, "engine"))) await inspectAsBefore();
else if (works.includes("rendition")) await render();
else if (works.length > 0) await inspect();
else await readFacts();
// As the service ends its child processes: a clean shutdown would only take time.
process.exit();

/** The versions that made one thumbnail and one GIF. */
async function inspectAsBefore() {
  const { inspectFile, inspectSource = inspectFile } = await load("inspect.js");
  const result = await inspectSource(video);
  if (!result.thumbnail || !result.preview) throw new Error(`no pictures: ${result.note}`);
}

async function readFacts() {
  const [{ openSource }, facts] = await Promise.all(["source.js", "facts.js"].map(load));
  const opened = await (await loadEngine()).open(await openSource(video));
  facts.readFacts(opened.probe);
}

async function inspect() {
  const { inspectSource } = await load("inspect.js");
  const made = new Set();
  const task = {
    ...{ kind: "inspect", source: video, effort: "full", wanted: works },
    options: { thumbnailTime: null, preview: "auto" },
  };
  await inspectSource(await loadEngine(), task, async (message) => {
    for (const name of Object.keys(message.pictures ?? {})) made.add(name);
  });
  for (const name of works) if (!made.has(name)) throw new Error(`no ${name} was made`);
}

async function render() {
  const [{ openSource }, { renditionFilter }, { shownSize }, { fitIntoBox }] = await Promise.all(
    ["source.js", "picture-filter.js", "facts.js", "picture-size.js"].map(load),
  );
  const engine = await loadEngine();
  const opened = await engine.open(await openSource(video));
  const size = fitIntoBox({ longer: 1920, shorter: 1080 }, shownSize(opened.probe.video));
  const filter = renditionFilter(opened.probe.video, size);
  const conversion = { video: "h264", audio: "none", filter, size, byteLimit: 2 ** 40 };
  await opened.convert(conversion, output);
}

async function loadEngine() {
  const { loadEngine: loadChosen } = await load("engine/load-engine.js");
  return loadChosen(JSON.parse(engineChoice), 2 ** 40);
}
