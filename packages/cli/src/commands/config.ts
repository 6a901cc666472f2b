import { checkServeSettings } from "../serve/config/check-settings.js";
import { createServeSchema } from "../serve/config/json-schema.js";
import { collectServeSettings, fileVariable } from "../serve/config/serve-settings.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { chooseColors, print, printJson, printNote } from "../terminal/output.js";
import { renderTable } from "./table.js";

/**
 * `clipcourier config check`: tells what is wrong with the settings of `serve`, or what they are and
 * where each comes from. It starts nothing and writes nothing.
 */
export async function checkConfig(file: string | undefined): Promise<ExitCode> {
  const settings = await collectServeSettings({}, process.env, file);
  await checkServeSettings(settings);
  const { values, given, labelOf } = settings;
  const rows = given.map((name) => [name, JSON.stringify(values[name]), labelOf(name)]);
  if (rows.length > 0) {
    const columns = [{ heading: "key" }, { heading: "value" }, { heading: "from" }];
    print(renderTable(columns, rows, chooseColors(process.stdout)));
  }
  const { retentionDays, accounts = {} } = values;
  const all = [retentionDays, ...Object.values(accounts).map((limits) => limits.retentionDays)];
  if (all.some((days) => days !== undefined)) {
    printNote(
      "Whether clips are kept for fewer days than until now cannot be seen here: serve tells it when it " +
        "starts, and waits a day before it deletes by the new rule.",
    );
  }
  const named = file ?? process.env[fileVariable];
  printNote(named ? `${named} can be used.` : "Without a file, the settings can be used.");
  return exitCode.done;
}

/** `clipcourier config schema`: prints the JSON Schema of the file. */
export function printConfigSchema(): ExitCode {
  printJson(createServeSchema());
  return exitCode.done;
}
