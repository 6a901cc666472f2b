/** The file by which the extension tells the runner, which is a process of its own, what to do. */
export interface RunRequest {
  /** The path of the program, and its arguments. */
  program: string;
  args: string[];
  /** The path of the file that gets the result when the program ends before the service is up. */
  resultFile: string;
  /** What is printed when the program has ended with a failure; the terminal waits for a key then. */
  farewell: string;
}

/** How a program has ended that was to start a service. */
export interface RunResult {
  /** `null` where a signal ended it, or where it was not started. */
  exitCode: number | null;
  /** The system's code of an error that prevented the start, such as `EACCES`. */
  startError?: string;
  /** The end of what it has printed. */
  output: string;
}
