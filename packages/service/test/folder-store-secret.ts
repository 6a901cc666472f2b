/** The secret of the folder stores under test. */
export const secret = "a secret of more than 32 characters";
