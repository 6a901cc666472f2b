import { l10n } from "vscode";
import { recognizeFailure } from "./failure.js";
import type { LocalProgram } from "./find-program.js";
import type { RunResult } from "./run-request.js";

/** Says in the language of the editor why a service was not started, and what to do. */
export function describeFailure(result: RunResult, { program, name, args }: LocalProgram): string {
  const failure = recognizeFailure(result);
  switch (failure.kind) {
    case "port taken":
      return l10n.t(
        "The service did not start: another program uses port {0}, perhaps the local service of another window. End that first.",
        failure.port,
      );
    case "old Node":
      return l10n.t(
        "The service did not start: clipcourier does not run on Node.js {0}, only on {1}. Install a newer Node.js.",
        failure.version,
        failure.wanted,
      );
    case "no package":
      return l10n.t(
        "The service did not start: npm's registry has nothing of the name {0}. Check clipcourier.localCommand and the registry that npm is set to.",
        args.at(-1) ?? name,
      );
    case "no registry":
      return l10n.t(
        "The service did not start: npm could not get {0} ({1}). Check the network, and npm's registry and proxy.",
        args.at(-1) ?? name,
        failure.code,
      );
    case "not started":
      return l10n.t(
        "The service did not start: {0} cannot be run ({1}). Check clipcourier.localCommand.",
        program,
        failure.code,
      );
    case "unknown":
      return failure.exitCode === null
        ? l10n.t("The service did not start: {0} was ended. The log has its last lines.", name)
        : l10n.t(
            "The service did not start: {0} ended with exit code {1}. Its terminal and the log have its last lines.",
            name,
            failure.exitCode,
          );
  }
}
