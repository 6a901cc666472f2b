/** Bytes. A content is read, checked and sent in blocks of this size; most chunk sizes are a multiple. */
export const blockSize = 1024 * 1024;
