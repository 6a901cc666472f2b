/** The exit codes of the process, as `--help` and the README document them. */
export const exitCode = {
  done: 0,
  /** An upload failed, or the service could not be reached. */
  failed: 1,
  /** The command, a setting or a file name is wrong; nothing was sent. */
  wrongUse: 2,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
