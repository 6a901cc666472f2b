export type { CypressConfig, CypressRun, CypressSpec, CypressSpecResults } from "./cypress.js";
export type { PluginOptions } from "./options.js";
export { type ClipHandlers, type CypressEvents, clips, createClipHandlers } from "./plugin.js";
