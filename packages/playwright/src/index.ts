export type { ReporterOptions } from "./options.js";
export { ClipReporter, ClipReporter as default } from "./reporter.js";
