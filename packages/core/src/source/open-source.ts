/** A source while it is uploaded. */
export interface OpenSource extends AsyncDisposable {
  /** For messages: the path as it was given, or the name. */
  readonly label: string;
  /** The file name alone, where there is one. */
  readonly filename: string | undefined;
  /** Bytes, more than 0. */
  readonly size: number;
  /** The open file, for readers in other threads. */
  readonly file?: OpenFile;
  /** Fills the buffer with the bytes from `start` on. Several calls may be under way at once. */
  read(buffer: Uint8Array, start: number): Promise<void>;
  /** Throws `source_changed` when the file is not what it was when it was opened. */
  assertUnchanged(): Promise<void>;
}

/** A file while it is uploaded. */
export interface OpenFile {
  readonly fd: number;
  /** Identifies this file in this state. */
  readonly identity: FileIdentity;
  /** Keeps the file open until the reader has ended, even where nobody waits for it any more. */
  keepOpenFor(reader: Promise<unknown>): void;
}

/** A file's state as the file system reports it; times in nanoseconds. */
export interface FileIdentity {
  path: string;
  device: bigint;
  inode: bigint;
  size: bigint;
  mtime: bigint;
  ctime: bigint;
}

/** What a path led to when it was opened. */
export interface OpenedFile {
  /** As it was given. */
  path: string;
  /** The descriptor of the open file. Read nothing from it. */
  fd: number;
  /** The file system that the file is on. */
  device: bigint;
  /** The number of the file in it. */
  inode: bigint;
}
