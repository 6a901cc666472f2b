import type { Context } from "hono";
import type { ClientAddresses } from "../limits/client-addresses.js";

/** What is known of the connection that a request came over. */
export interface Connection {
  /**
   * The IP address at the other end of the socket.
   *
   * @default unknown: all such requests share the limits of one address
   */
  remoteAddress?: string | undefined;
}

/** The address that a request counts for; `null` where it is unknown. */
export function findClient(c: Context, clients: ClientAddresses): string | null {
  // The environment that `Service.fetch` gives to the app.
  const connection: Connection | undefined = c.env;
  return clients.find(connection?.remoteAddress, c.req.header(clients.header));
}
