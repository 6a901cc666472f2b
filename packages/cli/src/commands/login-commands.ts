import type { Command } from "commander";
import { addServeOptions } from "../serve/config/add-serve-options.js";
import { placeKeys } from "../serve/config/serve-keys.js";
import { toText } from "../settings/option-values.js";
import { type ExitCode, exitCodesHelp } from "../terminal/exit-code.js";
import type { AddFlags, LoginFlags, UserFlags } from "./logins.js";

const hint = `
The service may be running: it notices each change at once, on a bucket within a second.
`;

type End = (code: ExitCode) => void;

/** `clipcourier apps` and `clipcourier users`: who may sign in to a service of one's own. */
export function addLoginCommands(program: Command, end: End): void {
  addApps(program, end);
  addUsers(program, end);
}

function addApps(program: Command, end: End): void {
  const apps = program.command("apps").description("Manage the apps of a service of your own.");
  withPlace(apps.command("add").description("Make an app, and show its secret once."))
    .argument("[name]", "what it is called, for people, such as ci")
    .option("--account <account>", "the account that it signs in to (default: a new one)", toText)
    .action(async (name: string | undefined, flags: AddFlags) =>
      end(await (await load()).addApp(name, flags)),
    );
  withPlace(apps.command("list").description("List the apps.")).action(async (flags: LoginFlags) =>
    end(await (await load()).listLogins("app", flags)),
  );
  withPlace(apps.command("rotate").description("Give an app a new secret, and end its sessions."))
    .argument("<id>")
    .action(async (id: string, flags: LoginFlags) =>
      end(await (await load()).rotateApp(id, flags)),
    );
  withPlace(apps.command("revoke").description("Remove an app, and end its sessions."))
    .argument("<id>")
    .action(async (id: string, flags: LoginFlags) =>
      end(await (await load()).revokeLogin("app", id, flags)),
    );
}

function addUsers(program: Command, end: End): void {
  const users = program.command("users").description("Manage the users of a service of your own.");
  const file = ["--password-file <file>", "read the password from there, not make one up"] as const;
  withPlace(users.command("add").description("Add a user."))
    .argument("<username>")
    .option("--account <account>", "the account that it signs in to (default: a new one)", toText)
    .option(...file, toText)
    .action(async (name: string, flags: UserFlags) =>
      end(await (await load()).addUser(name, flags)),
    );
  withPlace(users.command("list").description("List the users.")).action(
    async (flags: LoginFlags) => end(await (await load()).listLogins("user", flags)),
  );
  withPlace(
    users.command("rotate").description("Give a user a new password, and end the sessions."),
  )
    .argument("<username>")
    .option(...file, toText)
    .action(async (name: string, flags: UserFlags) =>
      end(await (await load()).rotateUser(name, flags)),
    );
  withPlace(users.command("revoke").description("Remove a user, and end the sessions."))
    .argument("<username>")
    .action(async (name: string, flags: LoginFlags) =>
      end(await (await load()).revokeLogin("user", name, flags)),
    );
}

function withPlace(command: Command): Command {
  return addServeOptions(command, placeKeys)
    .option("--json", "print one JSON document on stdout")
    .addHelpText("after", hint + exitCodesHelp);
}

/** Loading the service takes longer than loading everything else. */
function load() {
  return import("./logins.js");
}
