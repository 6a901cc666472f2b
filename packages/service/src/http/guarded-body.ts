/**
 * A body whose failure ends in `onFailure` and never reaches the reader, which would print it and
 * send it to the client as if it belonged to the file. It is left unfinished then: `onFailure` has to
 * cut the connection. A body that is not as long as announced has failed, too: the client would wait
 * for the rest, or take it for the next answer.
 *
 * @param size bytes that the body must have; `null` where that is not known
 */
export function guardBody(
  body: ReadableStream<Uint8Array>,
  size: number | null,
  onFailure: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let sent = 0;
  let isCancelled = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          // A client that goes away, as a player does that seeks, ends a read that is under way.
          if (isCancelled) return;
          sent += value?.length ?? 0;
          if (size !== null && (done ? sent < size : sent > size)) {
            throw new Error(`The answer has ${sent} bytes instead of ${size}.`);
          }
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          onFailure(error);
          reader.cancel(error).catch(() => {});
        }
      },
      cancel(reason) {
        isCancelled = true;
        return reader.cancel(reason).catch(() => {});
      },
    },
    // Nothing is read ahead: the body itself has a buffer already.
    { highWaterMark: 0 },
  );
}
