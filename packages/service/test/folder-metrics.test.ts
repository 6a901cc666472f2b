import { rm } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { sendRaw } from "./raw-http.js";
import { metrics, scrape, sum } from "./scraped-metrics.js";
import { signIn, startTestService } from "./start-test-service.js";
import { first, makeContent, putPart, UploadClient } from "./upload-client.js";

const requests = "http_request_duration_seconds_count";

describe("the metrics of a service on a folder", () => {
  it("count the bytes of parts that the service takes", async () => {
    const service = await startTestService({ metrics });
    const client = new UploadClient(service, await signIn(service));
    const plan = first(await client.plan(makeContent(1_000)));
    const url = plan.urls[0]?.url ?? "";
    await putPart(url, makeContent(1_000));
    const samples = await scrape(service);
    expect(sum(samples, "part_bytes_received_total")).toBe(1_000);
    expect(sum(samples, "parts_receiving")).toBe(0);
    expect(sum(samples, requests, { route: "/parts/*", status: "200" })).toBe(1);
  });

  it("count no failure of the store where a client is too slow", async () => {
    const service = await startTestService({ metrics, limits: { partWindow: 0.2 } });
    const client = new UploadClient(service, await signIn(service));
    const plan = first(await client.plan(makeContent(1_000)));
    const { pathname, search } = new URL(plan.urls[0]?.url ?? "");
    const head = `PUT ${pathname}${search} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx`;
    await sendRaw(service.baseUrl, [head], (text) => text.includes("}"));
    const samples = await scrape(service);
    expect(sum(samples, requests, { route: "/parts/*", status: "408" })).toBe(1);
    expect(sum(samples, "store_errors_total")).toBe(0);
  });

  it("show failures of the store at the next scrape", async () => {
    const service = await startTestService({ metrics });
    expect(sum(await scrape(service), "store_errors_total")).toBe(0);
    await rm(path.join(service.folder, "objects"), { recursive: true });
    await rm(path.join(service.folder, "service.json"));
    expect((await fetch(`${service.baseUrl}readyz`)).status).toBe(503);
    const samples = await scrape(service);
    expect(sum(samples, "store_errors_total", { operation: "check" })).toBe(1);
  });
});
