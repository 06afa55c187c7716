/** Light boundaries of the network's members, for a registry that has imported none. Loaded on demand. */

import type { Boundaries } from "../api/registry";
import areas from "./areas.json";

/**
 * Office for National Statistics, Local Authority Districts, simplified to some hundred metres. `areas.json` has the
 * outer and inner rings of each, by the code of the area.
 */
const ATTRIBUTION = "Boundaries: Office for National Statistics, under the Open Government Licence v3.0; contain OS data © Crown copyright and database right.";

/** The boundaries of these councils, as the API answers them. */
export function lightBoundaries(councils: { slug: string; code: string }[]): Boundaries {
  const known = areas as unknown as Record<string, [number, number][][][]>;
  const features = councils.flatMap(({ slug, code }) => {
    const coordinates = known[code];
    return coordinates ? [{ type: "Feature" as const, id: code, properties: { slug }, geometry: { type: "MultiPolygon" as const, coordinates } }] : [];
  });
  return { type: "FeatureCollection", attribution: features.length > 0 ? [ATTRIBUTION] : [], features } as unknown as Boundaries;
}
