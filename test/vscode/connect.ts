import type { Workbench } from "./workbench/workbench.ts";

/** What a person types to connect. */
export interface Keys {
  rootUrl: string;
  appId: string;
  appSecret: string;
}

/** Answers the three questions of *Connect to a Service…*. */
export async function answerConnect(
  { quickInput }: Workbench,
  { rootUrl, appId, appSecret }: Keys,
): Promise<void> {
  await quickInput.answer("(1/3)", rootUrl);
  await quickInput.answer("(2/3)", appId);
  await quickInput.answer("(3/3)", appSecret);
}

/** Connects through the command palette. */
export async function connect(workbench: Workbench, keys: Keys): Promise<void> {
  await workbench.runCommand("Clipcourier: Connect to a Service…");
  await answerConnect(workbench, keys);
  await workbench.notifications.find(`Connected to ${new URL(keys.rootUrl).host}`);
}
