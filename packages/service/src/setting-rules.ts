/** What settings must be like, for those who check them without loading the service. */
export { accountPattern } from "./auth/accounts.js";
export { largestFile, longestRetention, privatePictures } from "./limits/account-limits.js";
export { largestLimit, limitNames, wholeLimits } from "./limits/limits.js";
export { isMediaType } from "./limits/media-types.js";
