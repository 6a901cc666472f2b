import type { SpoiledService } from "../spoiled-service.ts";
import type { TestService } from "../start-service.ts";

/** The inputs for uploading to a service. */
export function inputsFor({
  rootUrl,
  appId,
  appSecret,
}: Pick<TestService, "rootUrl" | "appId" | "appSecret">) {
  return { "api-url": rootUrl, "app-id": appId, "app-secret": appSecret };
}

/** The inputs for uploading to a service through its fault front. */
export function inputsThrough({ service, rootUrl }: SpoiledService) {
  return { ...inputsFor(service), "api-url": rootUrl };
}
