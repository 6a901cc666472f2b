/**
 * Bytes. Content is read, checked and sent in blocks of this size. Most chunk sizes are multiples
 * of it.
 */
export const blockSize = 1024 * 1024;
