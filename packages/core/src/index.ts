export { checksumPattern } from "./wire.js";
