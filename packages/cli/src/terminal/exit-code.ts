/** The exit codes of the process, as `--help` and the README document them. */
export const exitCode = {
  done: 0,
  /** An upload failed, a clip is not verified, or the service could not be reached. */
  failed: 1,
  /** The command, a setting or a file name is wrong; nothing was sent. */
  wrongUse: 2,
  /** Videos differ, and `--fail-on-change` was given. */
  changed: 3,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The same for `--help`. */
export const exitCodesHelp = `
Exit codes:
  0    done
  1    an upload failed, a report was not written, a clip is not verified, or the service or forge
       could not be reached
  2    wrong use: the command, a setting or a file name; nothing was sent
  3    diff, clips compare and comment with --fail-on-change: something has changed
  130  interrupted (Ctrl-C; 143 by SIGTERM); the same command goes on where it stopped`;
