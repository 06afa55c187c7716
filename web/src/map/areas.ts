/** Light boundaries of the network's members, for a registry that has imported none. Loaded on demand. */

import type { Boundaries } from "../api/registry";
import light from "./areas.json";

/** The boundaries of these councils, as the API answers them. */
export function lightBoundaries(councils: { slug: string; code: string }[]): Boundaries {
  const known = light.areas as unknown as Record<string, [number, number][][][]>;
  const features = councils.flatMap(({ slug, code }) => {
    const coordinates = known[code];
    return coordinates ? [{ type: "Feature" as const, id: code, properties: { slug }, geometry: { type: "MultiPolygon" as const, coordinates } }] : [];
  });
  return { type: "FeatureCollection", attribution: features.length > 0 ? [light.attribution] : [], features } as unknown as Boundaries;
}
