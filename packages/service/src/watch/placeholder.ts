/** Where the neutral picture is, below the root of the service. */
export const placeholderPath = "private.svg";

/**
 * What stands where a picture of a private clip would. It is the same for every clip, and says nothing
 * of any.
 */
export const placeholderPicture = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180" viewBox="0 0 320 180"><title>Private clip</title><rect width="320" height="180" fill="#767a85"/><g fill="none" stroke="#fff" stroke-width="6"><rect x="132" y="84" width="56" height="44" rx="6"/><path d="M142 84V70a18 18 0 0 1 36 0v14"/></g></svg>
`;
