/** A workflow command that an action printed, as the runner understands it. */
export interface Command {
  name: string;
  properties: Record<string, string>;
  message: string;
}

const known = new Set([
  ...["debug", "notice", "warning", "error", "group", "endgroup", "add-mask", "add-matcher"],
  ...["set-output", "save-state", "set-env", "add-path", "echo", "stop-commands", "remove-matcher"],
]);

/**
 * Parses a line as the runner does: `::name key=value,key=value::message` at its start, or the older
 * `##[name key=value;]message` anywhere in it.
 */
export function parseCommand(line: string): Command | undefined {
  const found = parseDoubleColon(line.trim()) ?? parseHashes(line);
  return found !== undefined && known.has(found.name.toLowerCase()) ? found : undefined;
}

function parseDoubleColon(line: string): Command | undefined {
  if (!line.startsWith("::")) return undefined;
  const end = line.indexOf("::", 2);
  if (end < 0) return undefined;
  const [name = "", ...rest] = line.slice(2, end).split(" ");
  const properties = parseProperties(rest.join(" "), ",", (value) =>
    decode(value.replaceAll("%3A", ":").replaceAll("%2C", ",")),
  );
  return { name, properties, message: decode(line.slice(end + 2)) };
}

function parseHashes(line: string): Command | undefined {
  const start = line.indexOf("##[");
  const end = line.indexOf("]", start);
  if (start < 0 || end < 0) return undefined;
  const [name = "", ...rest] = line.slice(start + 3, end).split(" ");
  const properties = parseProperties(rest.join(" "), ";", decode);
  return { name, properties, message: line.slice(end + 1) };
}

function parseProperties(
  text: string,
  separator: string,
  decodeValue: (value: string) => string,
): Record<string, string> {
  const pairs = text.split(separator).flatMap((pair) => {
    const equals = pair.indexOf("=");
    return equals > 0 ? [[pair.slice(0, equals).trim(), decodeValue(pair.slice(equals + 1))]] : [];
  });
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}

/**
 * Parses a command file such as `GITHUB_OUTPUT`: `key=value`, or `key<<DELIMITER`, lines, and a line
 * with only the delimiter.
 *
 * @throws Error when the runner would fail the step
 */
export function parseCommandFile(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line === "") continue;
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      pairs[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    if (heredoc < 1) throw new Error(`Invalid format '${line}'`);
    const end = lines.indexOf(line.slice(heredoc + 2), at + 1);
    if (end < 0) throw new Error(`Matching delimiter not found for '${line}'`);
    pairs[line.slice(0, heredoc)] = lines.slice(at + 1, end).join("\n");
    at = end;
  }
  return pairs;
}
