import type { IncomingMessage } from "node:http";
import { DirectUploadClient } from "../src/index.js";
import { answerJson, readBody, startServer } from "./http-server.js";

export const md5 = "d41d8cd98f00b204e9800998ecf8427e";
export const wireClip = {
  id: "c1",
  url: "https://clips.example.com/c/c1",
  preview_gif: "https://clips.example.com/c/c1.gif",
  thumbnail_url: "https://clips.example.com/c/c1.jpg",
  status: "available",
};
export const clip = {
  id: "c1",
  url: "https://clips.example.com/c/c1",
  previewGif: "https://clips.example.com/c/c1.gif",
  thumbnailUrl: "https://clips.example.com/c/c1.jpg",
  status: "available",
};

interface Seen {
  method: string | undefined;
  path: string | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

/** A service that gives one answer, and records the requests. */
export async function startService(answer: unknown, status = 200) {
  const seen: Seen[] = [];
  const server = await startServer(async (request, response) => {
    const body = (await readBody(request)).toString();
    seen.push({ method: request.method, path: request.url, headers: request.headers, body });
    if (typeof answer === "function") answer(request, response);
    else answerJson(response, answer, status);
  });
  const client = new DirectUploadClient({
    rootUrl: `${server.origin}/v2.7`,
    appId: "app",
    accessKey: "key",
    accessToken: "token",
    retry: { attempts: 1 },
    proxyEnv: {},
  });
  return {
    client,
    seen,
    origin: server.origin,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
