import * as v from "valibot";

/** The id of a clip, as an argument. */
export const clipId = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(200),
  v.description("the id of a clip, as list_clips and upload_video give it"),
);
