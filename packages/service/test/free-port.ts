import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A TCP port of the loopback interface that nothing listens on at this moment. It is below those that
 * systems give out by themselves, so that no other test is given it before it is used.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_240, 32_768);
    const server = createServer().listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
    } catch {
      // It is taken.
      continue;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}
