import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { UsageError } from "@clipcourier/batch";
import { type Accounts, type LoginKind, openServiceAccounts } from "@clipcourier/service";
import { placeKeys, type ServeValues } from "../serve/config/serve-keys.js";
import { collectServeSettings } from "../serve/config/serve-settings.js";
import { readGround } from "../serve/serve-ground.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { chooseColors, print, printJson, printNote } from "../terminal/output.js";
import { renderTable } from "./table.js";

/** Where the service is whose apps and users are meant. It may be running. */
export interface LoginFlags extends Partial<ServeValues> {
  /** The path of a config file of `serve`. */
  config?: string;
  json?: boolean;
}

export interface AddFlags extends LoginFlags {
  account?: string;
}

export interface UserFlags extends AddFlags {
  /** A path. Without it, a password is made up and shown. */
  passwordFile?: string;
}

export function addApp(name: string | undefined, flags: AddFlags): Promise<ExitCode> {
  return withAccounts(flags, async (accounts) => {
    const app = await naming("--account", () => accounts.createApp(name, flags.account));
    return showSecret({ ...app }, flags);
  });
}

export function rotateApp(appId: string, flags: LoginFlags): Promise<ExitCode> {
  return withAccounts(flags, async (accounts) => {
    const app = await accounts.rotateApp(appId);
    return app ? showSecret({ ...app }, flags) : tellMissing("app", appId);
  });
}

export function addUser(username: string, flags: UserFlags): Promise<ExitCode> {
  return withAccounts(flags, async (accounts) => {
    const { password, shown } = await readPassword(flags);
    const account = await naming("--account", () =>
      accounts.addUser(username, password, flags.account),
    );
    return showSecret({ username, ...shown, account }, flags);
  });
}

export function rotateUser(username: string, flags: UserFlags): Promise<ExitCode> {
  return withAccounts(flags, async (accounts) => {
    const { password, shown } = await readPassword(flags);
    const account = await accounts.changePassword(username, password);
    return account === null
      ? tellMissing("user", username)
      : showSecret({ username, ...shown, account }, flags);
  });
}

export function revokeLogin(kind: LoginKind, name: string, flags: LoginFlags): Promise<ExitCode> {
  return withAccounts(flags, async (accounts) => {
    const isRemoved = await (kind === "app" ? accounts.removeApp(name) : accounts.removeUser(name));
    if (!isRemoved) return tellMissing(kind, name);
    printNote(`The ${kind} is removed. Its sessions end now, and the clips of its account stay.`);
    return exitCode.done;
  });
}

export function listLogins(kind: LoginKind, flags: LoginFlags): Promise<ExitCode> {
  return withAccounts(flags, async (accounts) => {
    const logins = await accounts.list(kind);
    logins.sort((a, b) => (a.createdOn < b.createdOn ? -1 : 1));
    if (flags.json) {
      printJson({ [`${kind}s`]: logins });
      return exitCode.done;
    }
    const rows = logins.map(({ name, label, account, createdOn }) => [
      ...[name, account, createdOn, label ?? ""],
    ]);
    const headings = [kind, "account", "created", kind === "app" ? "name" : ""];
    const columns = headings.map((heading) => ({ heading }));
    print(renderTable(columns, rows, chooseColors(process.stdout)));
    return exitCode.done;
  });
}

async function withAccounts(
  { config, json: _, ...flags }: LoginFlags,
  work: (accounts: Accounts) => Promise<ExitCode>,
): Promise<ExitCode> {
  const settings = await collectServeSettings(pickPlace(flags), process.env, config);
  const { place: __, ...ground } = await readGround(settings);
  const opened = await openServiceAccounts(ground);
  try {
    return await work(opened.accounts);
  } finally {
    opened.close();
  }
}

/** Without the flags of the command itself, which are no settings of the service. */
function pickPlace(flags: Partial<ServeValues>): Partial<ServeValues> {
  return Object.fromEntries(placeKeys.map((key) => [key, flags[key]]));
}

/** A password from a file, or a new one that is shown. It is never an argument, which others could see. */
async function readPassword({ passwordFile }: UserFlags) {
  if (passwordFile === undefined) {
    const password = randomBytes(24).toString("base64url");
    return { password, shown: { password } };
  }
  const text = await readFile(passwordFile, "utf8").catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`--password-file: ${passwordFile} cannot be read (${code}).`);
  });
  const password = text.replace(/\r?\n$/, "");
  if (password === "") throw new UsageError(`--password-file: ${passwordFile} is empty.`);
  return { password, shown: {} };
}

/** Prints what is shown this once. */
function showSecret(made: Record<string, string>, { json = false }: LoginFlags): ExitCode {
  if (json) printJson(made);
  else for (const [name, value] of Object.entries(made)) print(`${name}: ${value}`);
  if (!json) printNote("A secret is shown this once; only a hash of it is kept.");
  return exitCode.done;
}

function tellMissing(kind: LoginKind, name: string): ExitCode {
  printNote(`clipcourier: There is no ${kind} ${JSON.stringify(name)} in this service.`);
  return exitCode.failed;
}

/** A name that the service refuses is wrong use of the flag. */
async function naming<T>(flag: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isName = error instanceof Error && error.message.includes("is not a valid account name");
    throw isName ? new UsageError(`${flag}: ${error.message}`) : error;
  }
}
