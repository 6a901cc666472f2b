import type { Alignment } from "./align.js";
import { type TileMap, tileBits } from "./compare-steps.js";
import { groupWindows } from "./group-windows.js";

/** Something that differs at one place, from one pair of steps to another. */
export interface Track {
  /** Pairs of steps, both included: those in which it differs strongly, where there are any. */
  first: number;
  last: number;
  /** The last pair in which it differs at all. */
  latest: number;
  /** In how many pairs each tile differs, and in how many strongly. */
  tiles: Map<number, { pairs: number; strongly: number }>;
  /** In how many pairs there is something, and something strong. */
  pairs: number;
  strongPairs: number;
  /** The most tiles at once, and the most that differ strongly themselves. */
  largest: number;
  strongest: number;
  /** The most steps in a row in which one tile differs, of the video in which these are more. */
  longest: number;
}

/** Seconds for which a moving place may show something else, because a frame can be missing. */
const motionJitter = 0.14;

/** The share of the pairs in which a movement may not explain what is seen: frames may be missing. */
const unexplainedShare = 0.34;

/** Seconds after which something at the same place is something else. */
const mostGap = 0.2;

/** The share of the pairs in which something small has to differ strongly: noise comes and goes. */
const strongShare = 0.5;

/** What has to be so large, or to stay for so long. */
export interface TrackLimits {
  /** Tiles. */
  smallArea: number;
  /** Tiles from which on a faint change counts, such as one of the colours. */
  wideArea: number;
  /** Seconds. */
  smallDuration: number;
}

/**
 * Follows what differs through time, and leaves out what is noise: what is small and short, or what is
 * a frame more or less in something that moves.
 *
 * @param pairs of which each has a map
 * @param across tiles in a row
 * @param rate pairs a second
 */
export function findTracks(
  maps: readonly TileMap[],
  pairs: Alignment,
  across: number,
  rate: number,
  limits: TrackLimits,
): Track[] {
  const calm = dropMotionJitter(maps, Math.round(motionJitter * rate));
  const follower = new TileFollower(pairs, Math.max(1, Math.round(mostGap * rate)));
  const tracks = followTiles(calm, across, follower);
  const longEnough = Math.min(limits.smallDuration * rate, maps.length / 3);
  return tracks.filter(({ largest, strongest, longest, strongPairs, ...track }) => {
    if (strongest >= limits.smallArea) return true;
    if (longest < longEnough) return false;
    return strongPairs >= track.pairs * strongShare || largest >= limits.wideArea;
  });
}

/**
 * Without the tiles that differ while both videos move there: for a few steps, or for as long as the
 * movement goes on, where it explains what is seen and both show the same before or after it. No two
 * recordings show what moves at the same moments.
 */
function dropMotionJitter(maps: readonly TileMap[], most: number): TileMap[] {
  const calm = maps.map((map) => map && Uint8Array.from(map));
  const tiles = calm.find((map) => map !== null)?.length ?? 0;
  for (let tile = 0; tile < tiles; tile += 1) {
    for (const run of listRuns(calm, tile)) {
      if (!isMotion(calm, tile, run, most)) continue;
      for (let pair = run.from; pair < run.to; pair += 1) calm[pair]?.fill(0, tile, tile + 1);
    }
  }
  return calm;
}

/** Whether what differs at a tile for a while is a movement at another moment. */
function isMotion(
  maps: readonly TileMap[],
  tile: number,
  { from, to }: Passage,
  most: number,
): boolean {
  const isShort = to - from <= most;
  if (!isShort && from === 0 && to === maps.length) return false;
  let still = 0;
  let unexplained = 0;
  let longest = 0;
  let stretch = 0;
  for (let pair = from; pair < to; pair += 1) {
    const bits = maps[pair]?.[tile] ?? 0;
    if ((bits & tileBits.moves) === 0) still += 1;
    const isExplained = (bits & tileBits.unexplained) === 0;
    if (!isExplained) unexplained += 1;
    stretch = isExplained ? 0 : stretch + 1;
    longest = Math.max(longest, stretch);
  }
  if (isShort && still === 0) return true;
  return longest <= most && unexplained <= (to - from) * unexplainedShare;
}

/** Pairs of steps, up to before `to`. */
interface Passage {
  from: number;
  to: number;
}

/** The passages in which a tile differs. */
function listRuns(maps: readonly TileMap[], tile: number): Passage[] {
  const runs: Passage[] = [];
  let from = -1;
  for (let pair = 0; pair <= maps.length; pair += 1) {
    const differs = (maps[pair]?.[tile] ?? 0) !== 0;
    if (differs && from < 0) from = pair;
    if (differs || from < 0) continue;
    runs.push({ from, to: pair });
    from = -1;
  }
  return runs;
}

function followTiles(maps: readonly TileMap[], across: number, follower: TileFollower): Track[] {
  for (const [pair, map] of maps.entries()) {
    if (!map) continue;
    for (const group of groupWindows(listTiles(map), across)) follower.add(pair, map, group);
  }
  return follower.tracks;
}

function listTiles(map: Uint8Array): number[] {
  const tiles: number[] = [];
  for (let tile = 0; tile < map.length; tile += 1) if (map[tile] !== 0) tiles.push(tile);
  return tiles;
}

/** Joins groups of tiles to the tracks that they continue. */
class TileFollower {
  readonly #pairs: Alignment;
  readonly #gap: number;
  readonly #tracks = new Set<Track>();
  /** The last pair in which a tile differed, and the first of those in a row. */
  readonly #latest = new Map<number, { track: Track; pair: number; first: number }>();
  /** Which track another has become a part of. */
  readonly #parents = new Map<Track, Track>();

  constructor(pairs: Alignment, gap: number) {
    this.#pairs = pairs;
    this.#gap = gap;
  }

  get tracks(): Track[] {
    return [...this.#tracks];
  }

  add(pair: number, map: Uint8Array, group: readonly number[]): void {
    const track = this.#join(this.#continued(pair, group), pair);
    let strong = 0;
    let covered = 0;
    for (const tile of group) {
      const bits = map[tile] ?? 0;
      const isStrong = (bits & tileBits.strongly) !== 0;
      if (isStrong) strong += 1;
      if (isStrong && (bits & tileBits.itself) !== 0) covered += 1;
      const known = this.#latest.get(tile);
      // One pair in between may be alike by chance.
      const first = known && pair - known.pair <= 2 ? known.first : pair;
      this.#latest.set(tile, { track, pair, first });
      track.longest = Math.max(track.longest, this.#stepsOf(first, pair));
      countTile(track, tile, 1, isStrong ? 1 : 0);
    }
    track.strongest = Math.max(track.strongest, covered);
    noteGroup(track, pair, group.length, strong);
  }

  /** Where one video waits for the other and the other way round, there are more pairs than either has steps. */
  #stepsOf(first: number, last: number): number {
    const { old, new: now } = this.#pairs;
    const advance = (steps: Int32Array) => (steps[last] as number) - (steps[first] as number);
    return 1 + Math.max(advance(old), advance(now));
  }

  #continued(pair: number, group: readonly number[]): Set<Track> {
    const tracks = new Set<Track>();
    for (const tile of group) {
      const known = this.#latest.get(tile);
      if (known && pair - known.pair <= this.#gap) tracks.add(this.#rootOf(known.track));
    }
    return tracks;
  }

  #rootOf(track: Track): Track {
    let root = track;
    for (let parent = this.#parents.get(root); parent; parent = this.#parents.get(root)) {
      root = parent;
    }
    return root;
  }

  /** Makes several tracks one, which is a new one where there are none. */
  #join([first, ...others]: Iterable<Track>, pair: number): Track {
    const track = first ?? startTrack(pair);
    this.#tracks.add(track);
    for (const other of others) {
      this.#parents.set(other, track);
      this.#tracks.delete(other);
      merge(track, other);
    }
    return track;
  }
}

function startTrack(pair: number): Track {
  const counts = { pairs: 0, strongPairs: 0, largest: 0, strongest: 0, longest: 0 };
  return { first: pair, last: pair, latest: -1, tiles: new Map(), ...counts };
}

function countTile(track: Track, tile: number, pairs: number, strongly: number): void {
  const counted = track.tiles.get(tile);
  if (counted) {
    counted.pairs += pairs;
    counted.strongly += strongly;
  } else track.tiles.set(tile, { pairs, strongly });
}

/** Takes in what differs in one pair. A faint beginning and end are noise beside what is strong. */
function noteGroup(track: Track, pair: number, size: number, strong: number): void {
  if (pair !== track.latest) track.pairs += 1;
  track.latest = pair;
  track.largest = Math.max(track.largest, size);
  if (strong === 0) {
    if (track.strongPairs === 0) track.last = pair;
    return;
  }
  if (track.strongPairs === 0) track.first = pair;
  if (track.strongPairs === 0 || track.last !== pair) track.strongPairs += 1;
  track.last = pair;
}

function merge(track: Track, other: Track): void {
  const [weak, strong] = track.strongPairs === 0 ? [track, other] : [other, track];
  const isMixed = weak.strongPairs === 0 && strong.strongPairs > 0;
  const spans = isMixed ? [strong] : [track, other];
  track.first = Math.min(...spans.map(({ first }) => first));
  track.last = Math.max(...spans.map(({ last }) => last));
  track.latest = Math.max(track.latest, other.latest);
  track.pairs = Math.max(track.pairs, other.pairs);
  track.strongPairs = Math.max(track.strongPairs, other.strongPairs);
  track.largest = Math.max(track.largest, other.largest);
  track.strongest = Math.max(track.strongest, other.strongest);
  track.longest = Math.max(track.longest, other.longest);
  for (const [tile, { pairs, strongly }] of other.tiles) countTile(track, tile, pairs, strongly);
}
