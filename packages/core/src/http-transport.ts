import type * as Http from "node:http";
import { getCACertificates } from "node:tls";
import {
  flattenHeaders,
  readText,
  type Transport,
  type TransportAnswer,
  type TransportRequest,
} from "./transport.js";

export interface HttpTransportOptions {
  /** Certificates of authorities to trust besides those that Node trusts (PEM). */
  ca?: string | readonly string[] | undefined;
  /**
   * Where `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are looked up. Default `process.env`; `{}`
   * connects directly.
   */
  proxyEnv?: NodeJS.ProcessEnv | undefined;
}

// An `import` of these evaluates their getters too, one of which loads a WebSocket: 20 ms and 9 MB.
const http = process.getBuiltinModule("node:http");
const https = process.getBuiltinModule("node:https");

// Large enough to cost little, small enough that progress on a slow line is seen to move.
const pieceSize = 256 * 1024;
const pacedPieceSize = 32 * 1024;

/**
 * The default transport: `node:http` and `node:https` with kept-alive connections. It sends a pooled
 * buffer without a stream around it, and says when bytes have left.
 */
export function createHttpTransport(options: HttpTransportOptions = {}): Transport {
  const proxyEnv = options.proxyEnv ?? process.env;
  const httpAgent = new http.Agent({ keepAlive: true, proxyEnv });
  const httpsAgent = new https.Agent({ keepAlive: true, proxyEnv, ...trust(options.ca) });
  const agents = [httpAgent, httpsAgent];
  return {
    reportsSent: true,
    takesSharedMemory: true,
    send: (request) =>
      request.url.startsWith("https:")
        ? sendRequest(https, httpsAgent, request)
        : sendRequest(http, httpAgent, request),
    closeIdle: () => {
      for (const agent of agents) {
        for (const sockets of Object.values(agent.freeSockets)) {
          for (const socket of sockets ?? []) socket.destroy();
        }
      }
    },
    close: () => {
      for (const agent of agents) agent.destroy();
    },
  };
}

// `ca` replaces Node's own list, so that list comes along.
function trust(ca: HttpTransportOptions["ca"]): { ca?: string[] } {
  return ca === undefined ? {} : { ca: [...getCACertificates("default"), ...[ca].flat()] };
}

function sendRequest(
  { request: open }: Pick<typeof Http, "request">,
  agent: Http.Agent,
  request: TransportRequest,
): Promise<TransportAnswer> {
  return new Promise((resolve, reject) => {
    const { method, signal, body } = request;
    const headers = { ...request.headers, "content-length": String(body?.byteLength ?? 0) };
    const outgoing = open(request.url, { method, headers, agent, ...(signal && { signal }) });
    outgoing.on("error", (error) => {
      // A kept-alive connection that the peer closed meanwhile: the request did nothing wrong.
      reject(outgoing.reusedSocket ? Object.assign(error, { reusedSocket: true }) : error);
    });
    outgoing.on("response", (incoming) => {
      // Who refuses may not have read the body: the next request would wait behind what is left.
      if ((incoming.statusCode ?? 0) >= 300) outgoing.shouldKeepAlive = false;
      readAnswer(incoming)
        .then(resolve, reject)
        .finally(() => {
          // An answer that came before the body was out: the connection is of no use any more, and
          // would stay taken for ever where the peer has stopped reading.
          if (!outgoing.writableFinished) outgoing.destroy();
        });
    });
    writeBody(outgoing, request);
  });
}

// Each piece waits for the one before it, so that a slow connection holds one piece and not a copy
// of the whole part. The last goes out with `end`: a separate `end()` can wait for ever.
function writeBody(outgoing: Http.ClientRequest, { body, onSent, pace }: TransportRequest): void {
  if (body === undefined || body.byteLength === 0) {
    outgoing.end();
    return;
  }
  const step = pace === undefined ? pieceSize : pacedPieceSize;
  const writeFrom = (start: number): void => {
    const piece = body.subarray(start, start + step);
    const end = start + piece.byteLength;
    const write = () => {
      if (outgoing.destroyed) return;
      const sent = (error?: Error | null) => {
        if (error) return;
        onSent?.(piece.byteLength);
        if (end < body.byteLength) writeFrom(end);
      };
      if (end < body.byteLength) outgoing.write(piece, sent);
      else outgoing.end(piece, sent);
    };
    if (pace === undefined) write();
    else
      pace(piece.byteLength).then(write, (error) =>
        outgoing.destroy(error instanceof Error ? error : undefined),
      );
  };
  writeFrom(0);
}

async function readAnswer(incoming: Http.IncomingMessage): Promise<TransportAnswer> {
  const body = await readText(incoming);
  if (!incoming.complete) throw new Error("the connection broke in the middle of the answer");
  return { status: incoming.statusCode ?? 0, headers: flattenHeaders(incoming.headers), body };
}
