import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Measured, startService } from "../src/index.js";
import { measureStore } from "../src/metrics/measured-store.js";
import { StoreError, StoreUnavailableError } from "../src/store/store-error.js";
import { findFreePort } from "./free-port.js";
import type { Sample } from "./prometheus-text.js";
import { metrics, scrape, sum } from "./scraped-metrics.js";
import { openGround, signIn, startTestService } from "./start-test-service.js";
import { groundOf } from "./test-ground.js";
import { makeContent, UploadClient } from "./upload-client.js";

const requests = "http_request_duration_seconds_count";

describe("the metrics", () => {
  it("count what an upload does", async () => {
    const service = await startTestService({ metrics });
    const client = new UploadClient(service, await signIn(service));
    const content = makeContent(1_000);
    const { id } = await client.uploadAndSettle(content);
    await client.plan(makeContent(2_000));
    const before = await scrape(service);
    expect(sum(before, "sign_ins_total", { how: "app", outcome: "accepted" })).toBe(1);
    expect(sum(before, "clips_total", { outcome: "available" })).toBe(1);
    expect(sum(before, "uploads_open")).toBe(1);
    expect(sum(before, "work_open", { kind: "verification" })).toBe(0);
    expect(sum(before, "work_running")).toBe(0);
    expect(sum(before, "connections")).toBeGreaterThan(0);
    const route = "/v2.7/me/directupload/:asset/:checksum";
    expect(sum(before, requests, { route, method: "GET", status: "200" })).toBe(2);
    expect(sum(before, requests, { route, method: "POST", status: "200" })).toBe(1);

    await client.call(`me/videoclips/${id}`, { method: "DELETE" });
    expect(sum(await scrape(service), "clips_total", { outcome: "deleted" })).toBe(1);
  });

  it("count failed clips and refused sign-ins", async () => {
    const service = await startTestService({ metrics, limits: { refusalDelay: 0.001 } });
    const client = new UploadClient(service, await signIn(service));
    await client.uploadAndSettle(makeContent(100), undefined, makeContent(100));
    const headers = { "X-PV-Meta-App": "app_x" };
    for (const call of ["login", "login/app", "login/github"]) {
      await fetch(service.rootUrl + call, { method: "POST", headers, body: new URLSearchParams() });
    }
    const samples = await scrape(service);
    expect(sum(samples, "clips_total", { outcome: "failed" })).toBe(1);
    for (const how of ["app", "user", "keyless"]) {
      expect(sum(samples, "sign_ins_total", { how, outcome: "refused" })).toBe(1);
    }
  });

  it("have no more series after a thousand addresses, and no id in any label", async () => {
    const service = await startTestService({ metrics });
    const session = await signIn(service);
    const client = new UploadClient(service, session);
    const { id } = await client.uploadAndSettle(makeContent(10));
    const paths = () => [
      ...[`c/${randomUUID()}`, `c/${id}/video`, `${randomUUID()}/x`, `v2.7/${randomUUID()}`],
      ...[`c/${randomUUID()}/video.mp4`, `parts/${randomUUID()}?X-Amz-Signature=abc`],
    ];
    const askAll = async (times: number) => {
      for (let time = 0; time < times; time += 1) {
        const asked = paths().map(async (to) => (await fetch(service.baseUrl + to)).arrayBuffer());
        await Promise.all(asked);
        await fetch(service.baseUrl, { method: "PROPFIND" });
      }
    };
    await askAll(1);
    const own = (all: Sample[]) => all.filter(({ name }) => name.startsWith("clipcourier_"));
    const count = own(await scrape(service)).length;
    await askAll(170);
    const samples = await scrape(service);
    expect(own(samples)).toHaveLength(count);
    expect(sum(samples, requests)).toBeGreaterThan(1_000);
    const text = JSON.stringify(samples);
    for (const secret of [id, session.appId, session.account, session.accessToken, "Signature"]) {
      expect(text).not.toContain(secret);
    }
    const routes = new Set(samples.flatMap(({ labels }) => labels.route ?? []));
    expect([...routes]).toContain("/c/:id/:file{video\\\\.[a-z0-9]{1,5}}");
    expect([...routes]).toContain("other");
  });

  it("have the process, and are at one address alone", async () => {
    const service = await startTestService({ metrics });
    const samples = await scrape(service);
    const names = samples.map(({ name }) => name);
    expect(names).toContain("process_resident_memory_bytes");
    expect(names).toContain("nodejs_eventloop_lag_seconds");
    expect((await fetch(`${service.baseUrl}metrics`)).status).toBe(404);
    const other = new URL("/", service.metricsUrl ?? "").href;
    expect((await fetch(other)).status).toBe(404);
    expect((await fetch(`${other}metrics`, { method: "POST" })).status).toBe(405);
  });

  it("are off unless they are asked for", async () => {
    const service = await startTestService();
    expect(service.metricsUrl).toBeNull();
    expect((await fetch(`${service.baseUrl}metrics`)).status).toBe(404);
  });

  it("keep a service from starting where their port is taken, which frees its own", async () => {
    const { metricsUrl, folder } = await startTestService({ metrics });
    const port = await findFreePort();
    const taken = { host: "127.0.0.1", port: Number(new URL(metricsUrl ?? "").port) };
    const options = { ...groundOf(folder), media: null, port };
    await expect(startService({ ...options, metrics: taken })).rejects.toThrow(
      /^metrics: .*EADDRINUSE/,
    );
    const next = await startService(options);
    await next.close();
  });
});

describe("failures of the store", () => {
  it("are counted by the operation, and those of clients are not", async () => {
    const { folder } = await startTestService();
    const { store } = await openGround(folder);
    const seen: Measured[] = [];
    const failing = Object.assign(Object.create(store), {
      headObject: () => Promise.reject(new StoreUnavailableError("away")),
      listParts: () => Promise.reject(new StoreError("NoSuchUpload", "none")),
      getObject: (_: string, { signal }: { signal: AbortSignal }) => Promise.reject(signal.reason),
    });
    const measured = measureStore(failing, (one) => seen.push(one));
    await expect(measured.headObject("a")).rejects.toThrow("away");
    await expect(measured.listParts("a", "b")).rejects.toThrow("none");
    const signal = AbortSignal.abort(new Error("gone"));
    await expect(measured.getObject("a", { signal })).rejects.toThrow("gone");
    expect(seen).toEqual([{ event: "store-error", operation: "headObject" }]);
  });
});
