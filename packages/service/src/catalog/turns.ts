import type { WorkPlace } from "./keys.js";

/** A piece of work, and how many of the same account come before it. */
export interface RankedPlace<Place extends WorkPlace> {
  place: Place;
  turn: number;
}

/**
 * The order in which work is begun: the accounts take turns, and what is under way counts. So the many
 * files of one account do not hold up the one of another.
 *
 * @param busy the accounts of the work under way, each once for each piece
 * @param onlyOthers whether the work of these accounts is left out
 */
export function takeTurns<Place extends WorkPlace>(
  places: readonly Place[],
  busy: readonly string[] = [],
  onlyOthers = false,
): RankedPlace<Place>[] {
  const turns = new Map<string, number>();
  for (const account of busy) turns.set(account, (turns.get(account) ?? 0) + 1);
  const isLeft = ({ account }: Place) => onlyOthers && turns.has(account);
  const ranked = places
    .filter((place) => !isLeft(place))
    .map((place) => {
      const turn = turns.get(place.account) ?? 0;
      turns.set(place.account, turn + 1);
      return { place, turn };
    });
  return ranked.sort((a, b) => a.turn - b.turn);
}
