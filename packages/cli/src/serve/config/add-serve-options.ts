import { type Command, Option } from "commander";
import { toText } from "../../settings/option-values.js";
import { parseSetting } from "./parse-setting.js";
import { flagOf, keyNames, keyOf, type ServeKey, type ServeKeyName } from "./serve-keys.js";

/**
 * Adds the file and a flag for each key. None has a default here: what is absent is looked for
 * elsewhere.
 *
 * @param names the keys that are of use to the command
 */
export function addServeOptions(
  command: Command,
  names: readonly ServeKeyName[] = keyNames,
): Command {
  command.option("--config <file>", "read the settings from this YAML or JSON file", toText);
  for (const name of names) addFlag(command, flagOf(name), keyOf(name));
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
