const needed = [22, 21] as const;

/** The message for a Node.js that is too old; `undefined` when it is new enough. */
export function describeOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isEnough = major > needed[0] || (major === needed[0] && minor >= needed[1]);
  if (isEnough) return undefined;
  return (
    `clipcourier needs Node.js ${needed.join(".")} or newer; this is ${version}. ` +
    "Install a newer one (https://nodejs.org) and run the command again."
  );
}
