import { expect } from "vitest";
import { parseSamples, type Sample } from "./prometheus-text.js";
import type { TestService } from "./start-test-service.js";

/** Where a service under test shows its metrics. */
export const metrics = { host: "127.0.0.1", port: 0 };

export async function scrape({ metricsUrl }: TestService): Promise<Sample[]> {
  const response = await fetch(metricsUrl ?? "");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  return parseSamples(await response.text());
}

/** The sum of the samples with this name and these labels. */
export function sum(samples: Sample[], name: string, labels: Record<string, string> = {}): number {
  const found = samples.filter(
    (sample) =>
      sample.name === `clipcourier_${name}` &&
      Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  return found.reduce((total, { value }) => total + value, 0);
}
