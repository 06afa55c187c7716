import type { Feature, Point } from "geojson";

/** A place on the map. */
export interface Spot {
  /** Address that its name leads to. */
  href: string;
  /** What tells it apart from the others. */
  key: string;
  title: string;
  /** In a few words, what stands below the title. */
  note: string;
  /** Around what it lies, to name a group of them. */
  near: string;
  longitude: number;
  latitude: number;
}

/** A place as the clusters have it. */
export type SpotFeature = Feature<Point, Spot>;

export function feature(spot: Spot): SpotFeature {
  return { type: "Feature", geometry: { type: "Point", coordinates: [spot.longitude, spot.latitude] }, properties: spot };
}

/** The name that most of them lie near, and whether all do. */
export function place(spots: readonly Spot[]): { name: string; all: boolean } {
  const counts = new Map<string, number>();
  for (const { near } of spots) counts.set(near, (counts.get(near) ?? 0) + 1);
  const [name = "", most = 0] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ["", 0]);
  return { name, all: most === spots.length };
}
