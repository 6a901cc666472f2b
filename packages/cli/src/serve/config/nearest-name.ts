import { closestMatch } from "leven";

const farthestDistance = 4;

/** The known name that a mistyped one was meant to be, where one is near enough. */
export function findNearest(name: string, known: readonly string[]): string | undefined {
  // Of a short name any other is near.
  const maxDistance = Math.min(farthestDistance, Math.ceil(name.length / 2));
  return closestMatch(name, known, { maxDistance });
}
