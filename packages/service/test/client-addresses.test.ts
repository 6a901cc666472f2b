import { describe, expect, it } from "vitest";
import { ClientAddresses, type ProxyOptions } from "../src/index.js";

describe("the address of a client", () => {
  it.each<[string, ProxyOptions, string, string | null, string]>([
    ["the socket's by default", {}, "10.0.0.1", "192.0.2.1", "10.0.0.1"],
    ["what the one proxy says", { trustProxy: true }, "10.0.0.1", "192.0.2.1", "192.0.2.1"],
    ["not what it passes on", { trustProxy: true }, "10.0.0.1", "1.1.1.1, 192.0.2.1", "192.0.2.1"],
    ["two proxies away", { trustProxy: 2 }, "10.0.0.1", "1.1.1.1,192.0.2.1", "1.1.1.1"],
    ["none with no proxies", { trustProxy: 0 }, "10.0.0.1", "192.0.2.1", "10.0.0.1"],
    ["of a subnet", { trustProxy: ["10.0.0.0/8"] }, "10.0.0.1", "1.1.1.1, 10.2.2.2", "1.1.1.1"],
    ["outside of it", { trustProxy: ["10.0.0.0/8"] }, "11.0.0.1", "1.1.1.1", "11.0.0.1"],
    ["of loopback", { trustProxy: ["loopback"] }, "::1", "1.1.1.1", "1.1.1.1"],
    ["without a header", { trustProxy: true }, "10.0.0.1", null, "10.0.0.1"],
    ["an IPv4 address in IPv6", {}, "::ffff:192.0.2.1", null, "192.0.2.1"],
    ["a /64 network", {}, "2001:db8:1:2:3:4:5:6", null, "2001:db8:1:2::/64"],
    ["with a port", { trustProxy: true }, "10.0.0.1", "192.0.2.1:5678", "192.0.2.1"],
    ["IPv6 with a port", { trustProxy: true }, "::1", "[2001:db8::1]:56", "2001:db8:0:0::/64"],
    ["unreadable", { trustProxy: true }, "10.0.0.1", "1.1.1.1, unknown", "10.0.0.1"],
  ])("is %s", (_, options, remote, forwarded, expected) => {
    expect(new ClientAddresses(options).find(remote, forwarded)).toBe(expected);
  });

  it("is unknown without a socket, whatever a header says", () => {
    expect(new ClientAddresses({ trustProxy: true }).find(undefined, "192.0.2.1")).toBeNull();
  });

  it.each<[ProxyOptions, string]>([
    [{ trustProxy: ["10.0.0.0/99"] }, "trustProxy: invalid range"],
    [{ trustProxy: ["proxy"] }, "trustProxy: invalid IP address"],
    [{ trustProxy: 1.5 }, "trustProxy: 1.5 is not"],
    [{ proxyHeader: "a b" }, 'proxyHeader: "a b" is not'],
  ])("needs valid options: %j", (options, message) => {
    expect(() => new ClientAddresses(options)).toThrow(message);
  });
});
