/**
 * Whether a file name contains a text, in upper or lower case and whichever way its accents are
 * written. The client, the service and the extension search by it.
 */
export function hasInName(filename: string, text: string): boolean {
  return fold(filename).includes(fold(text));
}

/** One spelling for letters in upper and lower case, and with accents of their own or not. */
function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
