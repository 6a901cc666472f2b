import { type Command, Option } from "commander";
import { parseSetting } from "./parse-setting.js";
import { flagOf, keyNames, keyOf, type ServeKey } from "./serve-keys.js";

/** Adds a flag for each key. None has a default here: what is absent is looked for elsewhere. */
export function addServeOptions(command: Command): Command {
  for (const name of keyNames) addFlag(command, flagOf(name), keyOf(name));
  return command;
}

function addFlag(command: Command, flag: string, { type, text, ...key }: ServeKey): void {
  const { argument } = type;
  if (argument !== null) {
    const shown = key.shown ?? key.standard;
    const description = shown === undefined ? text : `${text} (default: ${shown})`;
    const parse = (value: string) => parseSetting(type, value);
    command.addOption(new Option(`${flag} ${argument}`, description).argParser(parse));
    return;
  }
  // Both, because a flag has to win over a file whichever it says. Help shows what changes something.
  const isOn = key.standard === true;
  const off = `${flag.replace("--", "--no-")}`;
  command.addOption(new Option(flag, text).hideHelp(isOn));
  command.addOption(new Option(off, `do not ${text}`).hideHelp(!isOn));
}
