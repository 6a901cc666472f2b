/** The only variables passed on: what a process needs to start and find libraries, no secrets. */
const passedVariables = [
  "PATH",
  "LD_LIBRARY_PATH",
  "DYLD_LIBRARY_PATH",
  "NODE_EXTRA_CA_CERTS",
  // Where the service runs in an editor's own program, that is Node only with this.
  "ELECTRON_RUN_AS_NODE",
  "SystemRoot",
  "TEMP",
  "TMP",
  "TMPDIR",
];

/** The environment of a process that opens files of strangers. */
export function childEnvironment(): Record<string, string> {
  return Object.fromEntries(
    passedVariables.flatMap((name) => {
      const value = process.env[name];
      return value ? [[name, value]] : [];
    }),
  );
}
