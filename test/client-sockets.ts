import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Socket } from "node:net";
import { onTestFinished } from "vitest";

/** Counts the connections to this origin that clients in this process have not closed yet. */
export function watchClientSockets(origin: string): { readonly open: number } {
  const port = Number(new URL(origin).port);
  const sockets = new Set<Socket>();
  const note = (message: unknown) => {
    if (typeof message !== "object" || message === null || !("socket" in message)) return;
    const { socket } = message;
    if (!(socket instanceof Socket)) return;
    socket.once("connect", () => socket.remotePort === port && sockets.add(socket));
  };
  subscribe("net.client.socket", note);
  onTestFinished(() => void unsubscribe("net.client.socket", note));
  return {
    get open() {
      return [...sockets].filter((socket) => !socket.destroyed).length;
    },
  };
}
