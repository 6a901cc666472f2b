import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Makes `server.closeIdleConnections()`, and with it `server.close()`, spare the connections whose last
 * answer is still on its way. Node takes an answer for done once all of it was written, and would throw
 * away what a slow client has not taken yet.
 */
export function spareOpenAnswers(server: Server): void {
  const open = new Map<Socket, number>();
  // Their `bytesRead` when the last answer was done: more is the beginning of another request.
  const idle = new Map<Socket, number>();
  const release = (socket: Socket) => {
    const left = (open.get(socket) ?? 1) - 1;
    if (left > 0) {
      open.set(socket, left);
      return;
    }
    open.delete(socket);
    if (!socket.destroyed) idle.set(socket, socket.bytesRead);
  };
  server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { socket } = incoming;
    if (!open.has(socket) && !idle.has(socket)) socket.once("close", () => idle.delete(socket));
    idle.delete(socket);
    open.set(socket, (open.get(socket) ?? 0) + 1);
    outgoing.once("close", () => {
      if (incoming.complete) release(socket);
      else incoming.once("close", () => release(socket));
    });
  });
  server.closeIdleConnections = () => {
    for (const [socket, bytes] of idle) if (socket.bytesRead === bytes) socket.destroy();
  };
}
