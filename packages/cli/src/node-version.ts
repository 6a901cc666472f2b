const needed = [22, 21] as const;

/** What to say when this Node.js is too old, or `undefined` where it will do. */
export function describeOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isEnough = major > needed[0] || (major === needed[0] && minor >= needed[1]);
  if (isEnough) return undefined;
  return (
    `clipcourier needs Node.js ${needed.join(".")} or newer; this is ${version}. ` +
    "Install a newer one (https://nodejs.org) and run the command again."
  );
}
