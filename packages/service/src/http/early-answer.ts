const drainTime = 5_000;
const drainSize = 64 * 1024 * 1024;

/**
 * Answers a client that may still be sending its body. The response is sent at once, but the
 * connection is closed only after the client had time to read it: closing it at once can destroy
 * the response on its way. Both the time and the bytes that are drained are limited.
 */
export async function answerEarly(request: Request, response: Response): Promise<Response> {
  const body = request.body;
  if (!body || body.locked || (await isEnded(body))) return response;
  const answer = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  headers.set("connection", "close");
  // By the length the client knows that the response is complete while its body is still drained.
  headers.set("content-length", String(answer.length));
  const lingering = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(answer);
      await drain(body);
      controller.close();
    },
  });
  return new Response(lingering, { status: response.status, headers });
}

async function isEnded(body: ReadableStream<Uint8Array>): Promise<boolean> {
  const reader = body.getReader();
  const ended = reader.closed.then(
    () => true,
    () => true,
  );
  const soon = new Promise<boolean>((resolve) => setImmediate(resolve, false));
  const isClosed = await Promise.race([ended, soon]);
  reader.releaseLock();
  return isClosed;
}

async function drain(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(resolve, drainTime, null);
  try {
    for (let size = 0; size < drainSize; ) {
      const result = await Promise.race([reader.read(), late]);
      if (!result || result.done) return;
      size += result.value.length;
    }
  } catch {
    // The client has disconnected.
  } finally {
    clearTimeout(timer);
  }
}
