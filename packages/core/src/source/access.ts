import { readFile, stat } from "node:fs/promises";

/**
 * Whose a file or a folder is that may not be read, and what to do, as sentences: `It belongs to
 * root (uid 0), and this runs as runner (uid 1001). …`
 */
export async function explainAccess(path: string | Buffer): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  const me = process.getuid?.();
  if (found === undefined || me === undefined) return "Check its permissions.";
  const owner = await nameUser(found.uid);
  if (found.uid === me) {
    return `It belongs to ${owner}, as whom this runs: allow reading it with chmod.`;
  }
  return (
    `It belongs to ${owner}, and this runs as ${await nameUser(me)}. Change its owner with ` +
    "sudo chown, or, if a container made it, run that with --user."
  );
}

/** `root (uid 0)`; `uid 12345` where the system's list of users has no name for it. */
async function nameUser(uid: number): Promise<string> {
  const users = await readFile("/etc/passwd", "utf8").catch(() => "");
  for (const line of users.split("\n")) {
    const [name, , number] = line.split(":");
    if (name && number === String(uid)) return `${name} (uid ${uid})`;
  }
  return `uid ${uid}`;
}
