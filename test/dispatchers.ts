import type { Dispatcher } from "@clipcourier/core";
import { Agent, ProxyAgent } from "undici";
import { onTestFinished } from "vitest";

/** An undici `Agent`, closed after the test. */
export function makeAgent(options: Agent.Options = {}): Dispatcher {
  return closeAfterTest(new Agent(options));
}

/** An undici `ProxyAgent`, closed after the test. */
export function makeProxyAgent(options: ProxyAgent.Options): Dispatcher {
  return closeAfterTest(new ProxyAgent(options));
}

function closeAfterTest(dispatcher: Agent | ProxyAgent): Dispatcher {
  onTestFinished(() => dispatcher.destroy());
  return dispatcher;
}
