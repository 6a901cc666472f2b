import { createHash, randomBytes } from "node:crypto";
import {
  EventEmitter,
  type FileChangeEvent,
  type FileStat,
  FileSystemError,
  type FileSystemProvider,
  FileType,
  Uri,
  workspace,
} from "vscode";

interface MemoryFile {
  size: number;
  content: Uint8Array;
}

/** A read-only file system in memory, as virtual workspaces use one. */
class MemoryFiles implements FileSystemProvider {
  readonly files = new Map<string, MemoryFile>();
  reads = 0;
  readonly onDidChangeFile = new EventEmitter<FileChangeEvent[]>().event;

  stat(uri: Uri): FileStat {
    const { size } = this.#find(uri);
    return { type: FileType.File, ctime: 0, mtime: 0, size };
  }

  readFile(uri: Uri): Uint8Array {
    this.reads += 1;
    return this.#find(uri).content;
  }

  readDirectory(): [string, FileType][] {
    return [...this.files.keys()].map((path) => [path.slice(1), FileType.File]);
  }

  watch = () => ({ dispose() {} });
  createDirectory = refuse;
  writeFile = refuse;
  delete = refuse;
  rename = refuse;

  #find(uri: Uri): MemoryFile {
    const file = this.files.get(uri.path);
    if (file === undefined) throw FileSystemError.FileNotFound(uri);
    return file;
  }
}

function refuse(): never {
  throw FileSystemError.NoPermissions();
}

let provider: MemoryFiles | undefined;

/**
 * Adds a file to the file system `memfs`.
 *
 * @param statedSize the size that `stat` reports, if it is not the real one
 */
export function addMemoryFile(name: string, bytes: number, statedSize = bytes) {
  if (provider === undefined) {
    provider = new MemoryFiles();
    workspace.registerFileSystemProvider("memfs", provider, { isReadonly: true });
  }
  const content = randomBytes(bytes);
  provider.files.set(`/${name}`, { size: statedSize, content });
  return {
    uri: Uri.from({ scheme: "memfs", path: `/${name}` }).toString(),
    md5: createHash("md5").update(content).digest("hex"),
  };
}

/** How often a file was read since the last call. */
export function countMemoryReads(): number {
  const reads = provider?.reads ?? 0;
  if (provider !== undefined) provider.reads = 0;
  return reads;
}
