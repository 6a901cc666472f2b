import { warn } from "../runner/log.js";

const cures: Readonly<Record<string, string>> = {
  EACCES:
    "It or its folder belongs to another user, such as root after a step in a container: give it to the user of the runner.",
  EDQUOT: "The disk's quota is used up: free some space.",
  EISDIR: "There is a folder of that name: remove it.",
  ENOENT: "Its folder is gone: look which step before this one removes it.",
  ENOSPC: "The disk is full: free some space.",
  ENOTDIR: "A file stands where its folder should be: remove it.",
  EROFS: "The file system can only be read: let the job write to another one.",
};

/**
 * Reports in one way. What fails is a warning with its cause and what to do, so that the other ways
 * still happen.
 *
 * @returns whether it worked
 */
export async function attempt(what: string, work: () => void | Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const cure = cures[readCode(error)] ?? "Look which step before this one changes that file.";
    warn(`${what} could not be written: ${reason.replace(/\.$/, "")}. ${cure}`);
    return false;
  }
}

function readCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  // Windows says EPERM for a folder and for what another user owns.
  return typeof code === "string" ? code.replace("EPERM", "EACCES") : "";
}
