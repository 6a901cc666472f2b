import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as v from "valibot";
import { expect, it, onTestFinished } from "vitest";
import { ForgeApi, ForgeError } from "../src/index.js";

interface Server {
  url: string;
  /** Method, path and token of each request. */
  asked: string[];
}

async function startServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const name = v.object({ name: v.string() });
const connect = ({ url }: Server) =>
  new ForgeApi({ rootUrl: url, headers: { authorization: "token secret" } });

it("follows the redirect of a renamed repository on the same server", async () => {
  const server = await startServer((request, response) => {
    if (request.url === "/new?page=1") response.end('{"name":"new"}');
    else response.writeHead(301, { location: "/new?page=1" }).end();
  });
  using api = connect(server);
  expect(await api.get(name, "/old", { page: 1 })).toEqual({ name: "new" });
  expect(server.asked).toEqual(["GET /old?page=1 token secret", "GET /new?page=1 token secret"]);
});

it("sends the token to no other server", async () => {
  const other = await startServer((_, response) => void response.end('{"name":"other"}'));
  const server = await startServer(
    (_, response) => void response.writeHead(307, { location: `${other.url}/new` }).end(),
  );
  using api = connect(server);
  await expect(api.post(name, "/old", {})).rejects.toThrow("POST /old was answered with 307");
  expect(other.asked).toEqual([]);
});

it("gives up a server that redirects in a circle", async () => {
  const server = await startServer(
    (_, response) => void response.writeHead(302, { location: "/again" }).end(),
  );
  using api = connect(server);
  await expect(api.get(name, "/again")).rejects.toThrow("GET /again was answered with 302");
  expect(server.asked).toHaveLength(4);
});

it("names what was asked for and what is wrong with the answer, without the query", async () => {
  const server = await startServer((_, response) => void response.end("<html>a proxy's page"));
  using api = connect(server);
  const failing = api.get(name, "/user", { private_token: "secret" });
  await expect(failing).rejects.toThrow(/^GET \/user was answered with something unknown \(/);
});

it.each([
  [401, { message: "Bad credentials" }, "refused"],
  [403, { message: "Unable to create comment because issue is locked." }, "locked"],
  [404, { message: "404 Project Not Found" }, "refused"],
  [422, { message: { body: ["is too long"] } }, "failed"],
  [400, { error: "body is missing" }, "failed"],
])("an answer with %i and %j is %s", async (status, body, failure) => {
  const server = await startServer(
    (_, response) => void response.writeHead(status).end(JSON.stringify(body)),
  );
  using api = connect(server);
  const error: unknown = await api.post(name, "/comments", {}).catch((reason) => reason);
  expect(error).toBeInstanceOf(ForgeError);
  expect(error).toMatchObject({ failure, status });
  expect(server.asked).toHaveLength(1);
});
