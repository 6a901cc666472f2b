/** Whether a file may be announced with this type, which is in lower case. */
export function isVideoType(type: string): boolean {
  // A browser would show these as a page, with its scripts.
  if (/(^|[^a-z])(x?html|svg|xml)$/.test(type)) return false;
  return /^video\/[a-z0-9][a-z0-9.+-]{0,63}$/.test(type);
}
