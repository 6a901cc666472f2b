import { GetObjectCommand, S3Client, UploadPartCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createUrlSigner, encodeForUrl, type RequestToSign } from "../src/store/s3/sign-url.js";

const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

// "Authenticating Requests: Using Query Parameters" in the API reference of S3.
test("the presigned GET of AWS's documentation", () => {
  const sign = createUrlSigner({
    ...{ credentials, region: "us-east-1", expiresIn: 86_400 },
    signedAt: new Date("2013-05-24T00:00:00Z"),
  });
  const url = new URL("https://examplebucket.s3.amazonaws.com/test.txt");
  expect(sign({ method: "GET", url })).toBe(
    "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  );
});

const anyRequest = fc.record({
  key: fc.array(fc.stringMatching(/^[\w.!'()* ~-]{1,20}$/), { minLength: 1, maxLength: 4 }),
  sessionToken: fc.option(fc.base64String({ minLength: 40 }), { nil: undefined }),
  signedAt: fc.date({
    min: new Date("2020-01-01"),
    max: new Date("2040-01-01"),
    noInvalidDate: true,
  }),
  expiresIn: fc.integer({ min: 1, max: 604_800 }),
  region: fc.constantFrom("us-east-1", "eu-central-1", "auto"),
  contentLength: fc.option(fc.integer({ min: 0, max: 5 * 2 ** 30 }), { nil: undefined }),
});

test("the signatures of the SDK's presigner, for parts and downloads", async () => {
  const property = fc.asyncProperty(anyRequest, async ({ key, contentLength, ...input }) => {
    const { sessionToken, ...options } = input;
    const held = { ...credentials, ...(sessionToken !== undefined && { sessionToken }) };
    const client = new S3Client({
      ...{ region: input.region, credentials: held, requestChecksumCalculation: "WHEN_REQUIRED" },
      ...{ endpoint: "https://s3.example.com:8443", forcePathStyle: true },
    });
    const object = {
      Bucket: "clips",
      Key: key.filter((part) => !/^\.+$/.test(part)).join("/") || "a",
    };
    const { signedAt: signingDate, expiresIn } = input;
    const part = { ...object, UploadId: "2~a b/c", PartNumber: 7 };
    const signed =
      contentLength === undefined
        ? getSignedUrl(
            client,
            new GetObjectCommand({
              ...object,
              ResponseContentDisposition: `inline; filename="a b"`,
            }),
            { signingDate, expiresIn },
          )
        : getSignedUrl(client, new UploadPartCommand({ ...part, ContentLength: contentLength }), {
            ...{ signingDate, expiresIn },
          });
    const expected = new URL(await signed);
    const query = Object.fromEntries(
      [...expected.searchParams].filter(([name]) => !signersOwn.has(name)),
    );
    const request: RequestToSign = {
      method: contentLength === undefined ? "GET" : "PUT",
      ...{
        url: new URL(
          `${expected.origin}/clips/${object.Key.split("/").map(encodeForUrl).join("/")}`,
        ),
        query,
      },
      ...(contentLength !== undefined && { headers: { "content-length": String(contentLength) } }),
    };
    const url = new URL(createUrlSigner({ ...options, credentials: held })(request));
    expect(Object.fromEntries(url.searchParams)).toEqual(Object.fromEntries(expected.searchParams));
    client.destroy();
  });
  await fc.assert(property, { numRuns: 200 });
});

const signersOwn = new Set([
  ...["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires"],
  ...["X-Amz-Security-Token", "X-Amz-SignedHeaders", "X-Amz-Signature"],
]);
