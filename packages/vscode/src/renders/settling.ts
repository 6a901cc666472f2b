/** What tells whether a file is still being written. */
export interface FileState {
  /** Bytes. */
  size: number;
  /** When its content was changed, in ms since 1970. */
  modified: number;
}

export interface SettlingOptions {
  /** Milliseconds between two looks at a file. */
  interval: number;
  /**
   * Looks at a file: `busy` while another program does not let it be opened, and `gone` where there is
   * no file, or an empty one. Of such a file nothing more is expected until it is touched again.
   */
  look(file: string): Promise<FileState | "busy" | "gone">;
  /** Called once for each time that a file was written. */
  onSettled(file: string, state: FileState): void;
  /**
   * Starts a timer, and gives what stops it.
   *
   * @default setTimeout
   */
  schedule?(run: () => void, milliseconds: number): () => void;
}

/** A file that is being written. */
interface Writing {
  stop(): void;
  last: FileState | undefined;
}

/**
 * Finds out when files are completely written: two looks in a row have shown the same size and time of
 * modification, and nothing has touched the file between them. Renderers write for minutes, and delete
 * and rename files.
 */
export class Settling implements Disposable {
  readonly #options: Required<SettlingOptions>;
  readonly #writings = new Map<string, Writing>();

  constructor(options: SettlingOptions) {
    this.#options = { schedule: startTimer, ...options };
  }

  /** A file was made, changed or renamed. */
  touch(file: string): void {
    this.#lookLater(file, undefined);
  }

  /** A file is no longer expected to settle. */
  forget(file: string): void {
    this.#writings.get(file)?.stop();
    this.#writings.delete(file);
  }

  [Symbol.dispose](): void {
    for (const file of [...this.#writings.keys()]) this.forget(file);
  }

  #lookLater(file: string, last: FileState | undefined): void {
    this.forget(file);
    const { schedule, interval } = this.#options;
    const writing: Writing = { last, stop: () => {} };
    this.#writings.set(file, writing);
    writing.stop = schedule(() => void this.#look(file, writing), interval);
  }

  async #look(file: string, writing: Writing): Promise<void> {
    const state = await this.#options.look(file);
    // It was touched or forgotten meanwhile.
    if (this.#writings.get(file) !== writing) return;
    if (state === "gone") this.forget(file);
    else if (state === "busy") this.#lookLater(file, undefined);
    else if (!isSame(state, writing.last)) this.#lookLater(file, state);
    else {
      this.forget(file);
      this.#options.onSettled(file, state);
    }
  }
}

export function isSame(one: FileState, other: FileState | undefined): boolean {
  return one.size === other?.size && one.modified === other.modified;
}

function startTimer(run: () => void, milliseconds: number): () => void {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
}
