import { type Context, type Handler, Hono } from "hono";
import { routePath } from "hono/route";
import { answerError, HttpError } from "../http-error.js";
import { placeholderPath } from "../watch/placeholder.js";
import { auditRequest } from "./audit.js";
import type { Backend, Route } from "./backend.js";
import { answerEarly } from "./early-answer.js";
import { describeFailure } from "./failure.js";
import { getChapters, setChapters } from "./routes/clip-chapters.js";
import {
  getDownload,
  getPhoto,
  getPlayable,
  getPreview,
  getStoryboard,
  getStoryboardImage,
  getThumbnail,
  getVideo,
  getWebpPreview,
} from "./routes/clip-files.js";
import { createLink } from "./routes/clip-links.js";
import { getClipJson, getClipMarkdown } from "./routes/clip-texts.js";
import { getComparePage, getComparisonJson, getComparisonPicture } from "./routes/compare-files.js";
import { createComparisonLink, getComparison, requestComparison } from "./routes/comparisons.js";
import { dropUpload, finalizeUpload, planUpload } from "./routes/direct-upload.js";
import { signInApp, signInKeyless, signInUser } from "./routes/login.js";
import { putPart } from "./routes/parts.js";
import { reportPullRequest } from "./routes/pull-requests.js";
import { getReadiness } from "./routes/readyz.js";
import {
  getStatementKeys,
  getStatements,
  listStatements,
  statementKeysPath,
} from "./routes/statements.js";
import { deleteClip, getClip, listClips } from "./routes/video-clips.js";
import { getEmbedPage, getIcon, getOembed, getPlaceholder, getWatchPage } from "./routes/watch.js";

type Methods = Partial<Record<"GET" | "POST" | "PUT" | "DELETE", Route>>;

/** The path of the documented calls; the protocol's version is part of it. */
export const apiRoot = "/v2.7";
const about =
  "Clipcourier: a service that takes rendered video and hands back a clip.\n" +
  `The API root is ${apiRoot}/.\n`;

const routes: Record<string, Methods> = {
  "/": { GET: (c) => c.text(about) },
  "/healthz": { GET: (c) => c.text("ok\n") },
  "/readyz": { GET: getReadiness },
  [`${apiRoot}/login`]: { POST: signInUser },
  [`${apiRoot}/login/app`]: { POST: signInApp },
  [`${apiRoot}/login/github`]: { POST: signInKeyless },
  [`${apiRoot}/me/directupload/:asset/:checksum`]: {
    GET: planUpload,
    POST: finalizeUpload,
    DELETE: dropUpload,
  },
  [`${apiRoot}/me/videoclips`]: { GET: listClips },
  [`${apiRoot}/me/videoclips/:id`]: { GET: getClip, DELETE: deleteClip },
  [`${apiRoot}/me/videoclips/:id/comparisons/:old`]: {
    GET: getComparison,
    POST: requestComparison,
  },
  [`${apiRoot}/me/videoclips/:id/comparisons/:old/link`]: { POST: createComparisonLink },
  [`${apiRoot}/me/pullrequests`]: { POST: reportPullRequest },
  [`${apiRoot}/me/videoclips/:id/link`]: { POST: createLink },
  [`${apiRoot}/me/statements`]: { GET: listStatements },
  [`${apiRoot}/me/videoclips/:id/chapters`]: { POST: setChapters },
  "/parts/*": { PUT: putPart },
  "/c/:file{[^/.]+\\.json}": { GET: getClipJson },
  "/c/:file{[^/.]+\\.md}": { GET: getClipMarkdown },
  "/c/:id": { GET: getWatchPage },
  "/c/:id/video": { GET: getVideo },
  "/c/:id/photo": { GET: getPhoto },
  "/c/:id/thumbnail.jpg": { GET: getThumbnail },
  "/c/:id/preview.gif": { GET: getPreview },
  "/c/:id/preview.webp": { GET: getWebpPreview },
  "/c/:id/storyboard.vtt": { GET: getStoryboard },
  "/c/:id/storyboard.jpg": { GET: getStoryboardImage },
  "/c/:id/chapters.vtt": { GET: getChapters },
  "/c/:id/download": { GET: getDownload },
  "/c/:id/embed": { GET: getEmbedPage },
  "/c/:id/compare/:file{[^/.]+\\.json}": { GET: getComparisonJson },
  "/c/:id/compare/:file{[^/.]+\\.(?:gif|png)}": { GET: getComparisonPicture },
  "/c/:id/compare/:old": { GET: getComparePage },
  "/c/:id/statements.json": { GET: getStatements },
  "/c/:id/:file{video\\.[a-z0-9]{1,5}}": { GET: getPlayable },
  [`/${statementKeysPath}`]: { GET: getStatementKeys },
  "/oembed": { GET: getOembed },
  "/icon.svg": { GET: getIcon },
  [`/${placeholderPath}`]: { GET: getPlaceholder },
};

/** Every path of a clip that needs no session: where the account is private, a link opens it. */
export const clipRoutes: readonly string[] = Object.keys(routes).filter((path) =>
  path.startsWith("/c/"),
);

/** The service as a web-standard handler. */
export function createApp(backend: Backend): Hono {
  const { logger, measure, throttle } = backend;
  // Not strict: a trailing slash makes no difference.
  const app = new Hono({ strict: false });
  app.use(async (c, next) => {
    const start = performance.now();
    await next();
    if (c.res.status >= 400) c.res = await answerEarly(c.req.raw, c.res);
    const { method, path } = c.req;
    const { status } = c.res;
    const milliseconds = performance.now() - start;
    const route = findRoute(c);
    auditRequest(c, route, backend);
    measure({ event: "request", method, route, status, seconds: milliseconds / 1000 });
    // Only the path is logged: a query may contain a signature.
    logger.debug({ method, path, status, ms: Math.round(milliseconds) }, "request");
  });
  for (const [path, methods] of Object.entries(routes)) addRoutes(app, path, methods, backend);
  app.notFound((c) => answerError(new HttpError(404, `There is nothing at ${c.req.path}.`)));
  app.onError((error, c) => {
    if (error instanceof HttpError) return answerError(error);
    const { method, path } = c.req;
    if (c.req.raw.signal.aborted) {
      logger.debug({ method, path }, "client went away");
      return answerError(new HttpError(400, "The connection was cut."));
    }
    const { kind, answer } = describeFailure(error);
    throttle.write(kind, (suppressed) => {
      logger.error({ err: error, method, path, suppressed }, "request crashed");
    });
    return answerError(answer);
  });
  return app;
}

/** The pattern of the route that has answered. */
function findRoute(c: Context): string {
  const path = routePath(c);
  return Object.hasOwn(routes, path) ? path : "other";
}

function addRoutes(app: Hono, path: string, methods: Methods, backend: Backend): void {
  for (const [method, route] of Object.entries(methods)) {
    const handler: Handler = (c) => route(c, backend);
    app.on(method, path, handler);
  }
  const names = Object.keys(methods);
  const allow = [...names, ...(names.includes("GET") ? ["HEAD"] : [])].join(", ");
  app.all(path, (c) => {
    throw new HttpError(405, `${c.req.method} is not possible here, only ${allow}.`, {
      Allow: allow,
    });
  });
}
