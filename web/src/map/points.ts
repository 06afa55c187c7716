import type { Feature, Point } from "geojson";

/** A place on the map. */
export interface Spot {
  /** Address of its link. */
  href: string;
  /** Unique key. */
  key: string;
  title: string;
  /** Short text below the title. */
  note: string;
  /** Name of its surroundings, used as the name of a group. */
  near: string;
  longitude: number;
  latitude: number;
}

/** A place in the form that clustering needs. */
export type SpotFeature = Feature<Point, Spot>;

export function feature(spot: Spot): SpotFeature {
  return { type: "Feature", geometry: { type: "Point", coordinates: [spot.longitude, spot.latitude] }, properties: spot };
}

/** The most frequent `near` of the places, and whether all have it. */
export function place(spots: readonly Spot[]): { name: string; all: boolean } {
  const counts = new Map<string, number>();
  for (const { near } of spots) counts.set(near, (counts.get(near) ?? 0) + 1);
  const [name = "", most = 0] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ["", 0]);
  return { name, all: most === spots.length };
}
