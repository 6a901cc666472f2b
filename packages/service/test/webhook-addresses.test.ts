import { describe, expect, it, onTestFinished } from "vitest";
import { createAddressGuard } from "../src/webhooks/address-guard.js";
import { WebhookSender } from "../src/webhooks/sender.js";
import { openSender } from "./open-outbox.js";
import { startReceiver } from "./webhook-receiver.js";

describe("an address that is not public", () => {
  it.each([
    ...["127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1"],
    ...["169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16"],
    ...["224.0.0.1", "255.255.255.255", "198.18.0.1", "240.0.0.1", "::", "::1", "fe80::1"],
    ...["fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe"],
    ...["::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "fe80::1%1", "nonsense"],
  ])("is refused: %s", (address) => {
    expect(createAddressGuard([])(address)).toBe(false);
  });

  it.each(["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1"])(
    "is another than %s",
    (address) => expect(createAddressGuard([])(address)).toBe(true),
  );

  it("is sent to where it is allowed, and no other then", () => {
    const guard = createAddressGuard(["10.1.0.0/16", "loopback"]);
    expect(["10.1.2.3", "127.0.0.1", "::1", "::ffff:10.1.2.3", "1.1.1.1"].map(guard)).toEqual(
      Array(5).fill(true),
    );
    expect(["10.2.0.1", "169.254.169.254"].map(guard)).toEqual([false, false]);
  });

  it.each(["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])(
    "gets no connection by the name %s",
    async (host) => {
      const { port, connections } = await startReceiver();
      const sender = openSender([]);
      await expect(send(sender, `http://${host}:${port}/`)).rejects.toThrow("not public");
      expect(connections()).toBe(0);
    },
  );

  it("gets no connection from a name that has it beside a public one", async () => {
    const { port, connections } = await startReceiver();
    const sender = new WebhookSender(createAddressGuard([]), (_, __, callback) =>
      callback(null, [
        { address: "1.1.1.1", family: 4 },
        { address: "127.0.0.1", family: 4 },
      ]),
    );
    onTestFinished(() => sender.close());
    await expect(send(sender, `http://rebinding.example:${port}/`)).rejects.toThrow("not public");
    expect(connections()).toBe(0);
  });

  it("is sent nothing where only the connection shows it", async () => {
    const { port, received } = await startReceiver();
    let asked = 0;
    // What the name led to was taken for another address.
    const sender = new WebhookSender(
      () => {
        asked += 1;
        return asked === 1;
      },
      (_, __, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]),
    );
    onTestFinished(() => sender.close());
    await expect(send(sender, `http://rebinding.example:${port}/`)).rejects.toThrow("not public");
    expect([asked, received]).toEqual([2, []]);
  });
});

function send(sender: WebhookSender, url: string): Promise<number> {
  return sender.post(url, "{}", {}, new AbortController().signal);
}
