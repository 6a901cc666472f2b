import { describe, expect, it } from "vitest";
import { StorageHosts } from "../src/http/storage-hosts.js";

const service = "https://clips.example.com/v2.7/";

function isAllowed(
  url: string,
  { at = service, allowed }: { at?: string; allowed?: string[] } = {},
) {
  return new StorageHosts(new URL(at), allowed).refuse(new URL(url)) === null;
}

describe("without a list", () => {
  it.each([
    "http://127.0.0.1:9000/b",
    "http://127.8.9.1/b",
    "http://0x7f.1/b",
    "http://localhost/b",
    "http://a.localhost./b",
    "http://0.0.0.0/b",
    "http://[::1]/b",
    "http://[::]/b",
    "http://[::ffff:127.0.0.1]/b",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fe80::1]/b",
    "http://[fd00:ec2::254]/b",
    "http://metadata.google.internal/b",
    "http://metadata.google.internal./b",
    "http://localhost../b",
    "http://localhost.localdomain/b",
    "http://ip6-localhost/b",
    "http://[::127.0.0.1]/b",
    "http://[64:ff9b::169.254.169.254]/b",
    "http://[64:ff9b::127.0.0.1]/b",
    "http://[fd20:ce::254]/b",
    "http://metadata.goog/b",
    "http://168.63.129.16/b",
    "http://192.0.0.192/b",
    "http://user@127.0.0.1/b",
    "http://127%2e0.0.1/b",
  ])("%s is refused", (url) => {
    expect(isAllowed(url)).toBe(false);
  });

  it.each([
    "https://bucket.s3.eu-central-1.amazonaws.com/b",
    "https://127.0.0.1.example.com/b",
    "http://10.0.0.7:9000/b",
    "http://192.168.1.5/b",
    "http://minio:9000/b",
    "http://[2001:db8::1]/b",
  ])("%s is allowed", (url) => {
    expect(isAllowed(url)).toBe(true);
  });

  it("a service of this machine may have its storage here, but not at the addresses of a cloud", () => {
    const at = "http://localhost:8080/v2.7/";
    expect(isAllowed("http://127.0.0.1:9000/b", { at })).toBe(true);
    expect(isAllowed("http://169.254.169.254/b", { at })).toBe(false);
  });
});

describe("a list", () => {
  const allowed = ["storage.example.com", "10.0.0.0/8", "127.0.0.1:9000"];

  it("allows what is on it alone", () => {
    expect(isAllowed("https://storage.example.com/b", { allowed })).toBe(true);
    expect(isAllowed("https://eu.storage.example.com/b", { allowed })).toBe(true);
    expect(isAllowed("http://10.1.2.3/b", { allowed })).toBe(true);
    expect(isAllowed("http://127.0.0.1:9000/b", { allowed })).toBe(true);
    expect(isAllowed("http://127.0.0.1:9001/b", { allowed })).toBe(false);
    expect(isAllowed("https://other.example.com/b", { allowed })).toBe(false);
    expect(isAllowed("https://other.example.com/b", { allowed: [] })).toBe(false);
  });

  it("may hold a name in its own script, and everything at one port", () => {
    expect(isAllowed("https://bücher.example/b", { allowed: ["bücher.example"] })).toBe(true);
    expect(isAllowed("https://a.example/b", { allowed: ["*:443"] })).toBe(true);
    expect(isAllowed("http://a.example/b", { allowed: ["*:443"] })).toBe(false);
  });

  it.each([
    ...[
      "",
      "a b",
      "a,b",
      "https://s.example.com",
      "s.example.com/",
      "10.0.0.0/33",
      "10.*",
      "*.",
      "[",
    ],
    ...[undefined, 7],
  ])("refuses %j, which no host can match", (entry) => {
    expect(() => isAllowed("https://a/b", { allowed: [entry as string] })).toThrow(
      /^allowedStorageHosts: .* is no host/,
    );
  });
});
