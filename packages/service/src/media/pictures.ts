import type { InspectTask, PictureName, Report } from "./child-messages.js";
import type { Engine, OpenedVideo } from "./engine/engine.js";
import { planPreview } from "./passages.js";
import { planEffort } from "./pixel-limits.js";
import { encodePreview, takePreview } from "./preview.js";
import { makeStoryboard } from "./storyboard.js";
import { type Subject, type Survey, takeSurvey, toSubject } from "./survey.js";
import { makeThumbnail } from "./thumbnail.js";
import type { Pictures } from "./types.js";

/** Makes the wanted pictures of a video. What cannot be made is noted, with the reason. */
export async function takePictures(
  engine: Engine,
  video: OpenedVideo,
  task: InspectTask,
  report: Report,
): Promise<void> {
  const { effort, note } = planEffort(video.probe.video);
  if (note && task.effort === "full") await report({ kind: "note", note });
  if (effort === "none") return;
  const subject = toSubject(video, task.effort === "cheap" ? "cheap" : effort);
  if (!subject) {
    await report({ kind: "note", note: "no pictures: the file does not say how large it is" });
    return;
  }
  const attempt = async (failure: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await report({ kind: "note", note: `${failure}: ${reason}` });
    }
  };
  await attempt("no pictures: the video cannot be decoded", async () => {
    const survey = await takeSurvey(subject);
    for (const [name, make] of makersOf(engine, subject, survey, task)) {
      if (!task.wanted.includes(name)) continue;
      await attempt(`no ${name}`, async () => {
        await report({ kind: "pictures", pictures: await make() });
      });
    }
  });
}

/** How each picture is made, the most important first. */
function makersOf(
  engine: Engine,
  subject: Subject,
  survey: Survey,
  { options }: InspectTask,
): [PictureName, () => Promise<Partial<Pictures>>][] {
  const { duration } = subject;
  const plan = planPreview(subject.size, survey, options.preview);
  let taken: ReturnType<typeof takePreview> | null = null;
  const animate = async (format: "gif" | "webp"): Promise<Partial<Pictures>> => {
    taken ??= takePreview(subject, survey, plan);
    const { previewOf } = plan;
    return { [format]: await encodePreview(engine, await taken, format), previewOf };
  };
  return [
    [
      "thumbnail",
      async () => ({
        thumbnail: await makeThumbnail(engine, subject, survey, options.thumbnailTime),
      }),
    ],
    ["gif", () => animate("gif")],
    ["storyboard", async () => ({ storyboard: await makeStoryboard(engine, survey, duration) })],
    ["webp", () => animate("webp")],
  ];
}
