/** What can distinguish a comment from others on the same pull request. */
export const commentKeyPattern = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** {@link commentKeyPattern} for people. */
export const commentKeyForm =
  "up to 64 letters, digits, dots, dashes and underscores, of which the first is a letter or a digit";
