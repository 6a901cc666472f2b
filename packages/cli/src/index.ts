export { type Embedded, type EmbeddedOptions, startEmbedded } from "./serve/embedded.js";
