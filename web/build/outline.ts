import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from "geojson";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { Plugin } from "vite";

/** The name under which the page imports the outline. */
const NAME = "virtual:outline";
/** ISO 3166-1 numeric code of the country that the map is of. */
const UNITED_KINGDOM = "826";
/** West, south, east, north of what can come into view, in degrees. */
const VIEW = [-18, 45.5, 11, 64] as const;
/** Decimals of a degree, at home: less than a hundred metres, below the data's own scale of 1:10 million. */
const DECIMALS = 3;
/** The same of neighbours, which are there to be recognised. */
const COARSE = 2;

/** The United Kingdom and what can be seen of its neighbours, of Natural Earth by `world-atlas`, cut out while building. */
export function outline(): Plugin {
  return {
    name: "outline",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) => (id === `\0${NAME}` ? `export default ${JSON.stringify(JSON.stringify(cut()))}` : undefined),
  };
}

function cut(): FeatureCollection {
  const file = createRequire(import.meta.url).resolve("world-atlas/countries-10m.json");
  const world = JSON.parse(readFileSync(file, "utf8")) as Topology;
  const countries = feature(world, world.objects["countries"] as GeometryCollection);
  const features = countries.features.flatMap((country) => {
    const home = country.id === UNITED_KINGDOM;
    const rings = parts(country as Feature<Polygon | MultiPolygon>).map((ring) => rounded(inView(ring), home ? DECIMALS : COARSE));
    const coordinates = rings.filter((ring) => ring.length > 3).map((ring) => [ring]);
    if (coordinates.length === 0) return [];
    return [{ type: "Feature" as const, properties: { home }, geometry: { type: "MultiPolygon" as const, coordinates } }];
  });
  // Home last, over the coarser edges of its neighbours.
  return { type: "FeatureCollection", features: features.sort((one, other) => Number(one.properties.home) - Number(other.properties.home)) };
}

/** The outer ring of each part; at this scale no country in view has a hole. */
function parts({ geometry }: Feature<Polygon | MultiPolygon>): Position[][] {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return polygons.flatMap((rings) => rings.slice(0, 1));
}

/** A ring cut along the edges of the view (Sutherland and Hodgman, 1974). */
function inView(ring: Position[]): Position[] {
  const edges = VIEW.map((limit, edge) => ({ axis: edge % 2, limit, keep: edge < 2 ? 1 : -1 }));
  return edges.reduce((points, { axis, limit, keep }) => {
    const inside = (point: Position) => ((point[axis] ?? 0) - limit) * keep >= 0;
    return points.flatMap((point, index) => {
      const before = points.at(index - 1) ?? point;
      const crossing = inside(point) === inside(before) ? [] : [crossed(before, point, axis, limit)];
      return inside(point) ? [...crossing, point] : crossing;
    });
  }, ring);
}

function crossed(from: Position, to: Position, axis: number, limit: number): Position {
  const [x = 0, y = 0] = from;
  const [toX = 0, toY = 0] = to;
  const part = (limit - (axis === 0 ? x : y)) / (axis === 0 ? toX - x : toY - y);
  return [x + part * (toX - x), y + part * (toY - y)];
}

function rounded(ring: Position[], decimals: number): Position[] {
  const points = ring
    .map((point) => point.map((degrees) => Number(degrees.toFixed(decimals))))
    .filter(([x, y], index, all) => index === 0 || x !== all[index - 1]?.[0] || y !== all[index - 1]?.[1]);
  const [first] = points;
  const last = points.at(-1);
  return first && last && (first[0] !== last[0] || first[1] !== last[1]) ? [...points, first] : points;
}
