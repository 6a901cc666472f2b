import type { Context } from "hono";
import type { Clip } from "../../catalog/clip-state.js";
import type { Statement } from "../../catalog/verified-run.js";
import { groupOfCommit, groupOfPull, groupsOf } from "../../clips/statements.js";
import { signStatements, statementsOf } from "../../evidence/sign-statements.js";
import { HttpError } from "../../http-error.js";
import { requireAccount } from "../audit.js";
import type { Route } from "../backend.js";
import { cachingOf, changing, findSeen, nothingToSee } from "../clip-access.js";
import { answerClip, answerRun } from "../clip-answer.js";
import { addressesOf, forEverybody } from "./clip-texts.js";

const clipsPerPage = 100;
/** Below the root of the service. */
export const statementKeysPath = ".well-known/clipcourier/jwks.json";

/** `GET /c/<id>/statements.json`: which runs have recorded the clip, signed by the service. */
export const getStatements: Route = async (c, backend) => {
  const seen = await findSeen(c, backend, "clip");
  if (typeof seen === "string") throw nothingToSee(seen, forEverybody);
  const { clip } = seen;
  const statements = await signStatements(clip, backend.statementKeys);
  const { baseUrl } = addressesOf(c, backend, seen);
  const { id, status, size, checksum, sha256, statementsCut } = clip;
  const answer = {
    clip: { id, status, size, md5: checksum, ...(sha256 !== null && { sha256 }) },
    verified: statements.length > 0,
    ...(statementsCut && { incomplete: true }),
    statements,
    keys_url: new URL(statementKeysPath, baseUrl).href,
  };
  return c.json(answer, 200, {
    ...forEverybody,
    "Cache-Control": cachingOf(seen, changing, backend),
  });
};

/** `GET /.well-known/clipcourier/jwks.json`: the public keys of the statements. */
export const getStatementKeys: Route = async (c, { statementKeys }) =>
  c.json(await statementKeys.listPublicKeys(), 200, {
    ...forEverybody,
    "Cache-Control": changing,
  });

/**
 * `GET /me/statements`: an extension; the clips that runs of a commit, or of a pull request, have
 * recorded. `_next`, given as `after`, leads on.
 */
export const listStatements: Route = async (c, backend) => {
  const account = await requireAccount(c, backend);
  const group = readGroup(c);
  const after = c.req.query("after") ?? null;
  if (after !== null && !/^[\w-]{24}$/.test(after)) {
    throw new HttpError(400, "after: not the _next of an earlier answer.");
  }
  const { signal } = c.req.raw;
  const page = { count: clipsPerPage, after };
  const { clips, next } = await backend.clips.listRecorded(account, group, page, { signal });
  const options = { privacy: backend.privacy, baseUrl: backend.baseUrlOf(c.req.raw) };
  const data = clips.flatMap((clip) =>
    findIn(clip, group).map((statement) => ({
      clip: answerClip(clip, options),
      run: answerRun(statement),
    })),
  );
  return c.json({ _count: data.length, ...(next !== null && { _next: next }), data });
};

function findIn(clip: Clip, group: string): Statement[] {
  return statementsOf(clip).filter((statement) => groupsOf(statement).includes(group));
}

function readGroup(c: Context): string {
  const { repository = "", commit, pull } = c.req.query();
  if (!/^[\w.:-]+(\/[\w.-]+){2,}$/.test(repository)) {
    throw new HttpError(400, "repository: not a server and a repository, as github.com/octo/app.");
  }
  const name = repository.toLowerCase();
  if (commit !== undefined && pull === undefined) {
    if (/^[\da-f]{40,64}$/i.test(commit)) return groupOfCommit(name, commit);
    throw new HttpError(
      400,
      "commit: not the full name of a commit, of 40 hex characters or more.",
    );
  }
  if (pull !== undefined && commit === undefined) {
    if (/^[1-9]\d{0,9}$/.test(pull)) return groupOfPull(name, Number(pull));
    throw new HttpError(400, "pull: not the number of a pull request.");
  }
  throw new HttpError(400, "commit, pull: exactly one of them is needed.");
}
