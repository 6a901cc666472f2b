import { expect, test } from "vitest";
import { parseBucketUrl } from "../src/store/s3/index.js";

test.each([
  ["s3://clips", { bucket: "clips", prefix: "" }],
  ["s3://clips/", { bucket: "clips", prefix: "" }],
  ["s3://my.clips-1/team/videos", { bucket: "my.clips-1", prefix: "team/videos/" }],
  ["s3://clips/a_b-c.d/", { bucket: "clips", prefix: "a_b-c.d/" }],
])("%s", (text, place) => expect(parseBucketUrl(text)).toEqual(place));

test.each(["clips", "https://clips", "s3://", "s3://Clips", "s3://a", "s3://clips/a b"])(
  "%s is no address of a bucket",
  (text) =>
    expect(() => parseBucketUrl(text)).toThrow(
      /^This is no address of a bucket\. Write s3:\/\/bucket/,
    ),
);

test.each(["s3://clips//a", "s3://clips/a//b", "s3://clips/../a", "s3://clips/.a"])(
  "%s has a prefix that is none",
  (text) => expect(() => parseBucketUrl(text)).toThrow("is no prefix of keys"),
);
