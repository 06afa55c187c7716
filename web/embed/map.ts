/** The map of the element. Loaded only for `view="map"`, so that a list stays small. */

import leaflet from "leaflet/dist/leaflet.css?inline";

import type { Boundaries } from "../src/api/registry";
import { type Name, PlacesMap } from "../src/map/map";
import type { Spot } from "../src/map/points";
import type { components, operations } from "../src/api/schema";
import sheet from "../src/styles/map.css?inline";
import { type Asked, get } from "./api";
import { make } from "./make";
import own from "./map.css?inline";

type Places = operations["map_initiatives"]["responses"][200]["content"]["application/geo+json"];

const styles = [leaflet, sheet, own].map((text) => {
  const style = new CSSStyleSheet();
  style.replaceSync(text);
  return style;
});

/** The existing maps, by container. */
const drawn = new WeakMap<HTMLElement, PlacesMap>();

/** Draws all initiatives that match on a map in `place`. The list beside it has the same initiatives. */
export async function drawMap(place: HTMLElement, root: ShadowRoot, service: string, { filters }: Asked, target: Record<string, string>, stop: AbortSignal): Promise<void> {
  root.adoptedStyleSheets = [...new Set([...root.adoptedStyleSheets, ...styles])];
  const query = new URLSearchParams([...filters].filter(([name]) => name !== "sort"));
  const { features } = await get<Places>(`${service}v1/map/initiatives?${query}`, stop);
  const spots = features.flatMap(({ geometry, properties }): Spot[] => {
    // Without a zoom, every place is one record.
    if (!("slug" in properties)) return [];
    const { slug, title } = properties;
    const council = properties.council ?? properties.place_of;
    const [longitude = 0, latitude = 0] = geometry.coordinates;
    return [{ key: slug, href: `${service}initiatives/${encodeURIComponent(slug)}`, title, note: council?.name ?? "", near: council?.name ?? "this place", longitude, latitude }];
  });
  let map = drawn.get(place);
  if (!map) {
    const box = make("div", { class: "map", role: "application", "aria-label": "Map of the initiatives. Use the arrow keys to move the map, plus and minus to zoom, and Tab to go through the places." });
    place.replaceChildren(box);
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const fill = (bubble: HTMLElement, held: Spot[]) => {
      const link = (spot: Spot) => make("li", {}, make("a", { href: spot.href, ...target }, spot.title), ...(spot.note ? [make("small", {}, spot.note)] : []));
      bubble.replaceChildren(make("ul", { role: "list" }, ...held.map(link)));
      return () => bubble.replaceChildren();
    };
    const boundaries = (zoom: number) => get<Boundaries>(`${service}v1/map/boundaries?zoom=${zoom}`, inTime());
    const thanks = make("p", { part: "credit" });
    const credit = (attribution: string[]) => {
      thanks.textContent = [...attribution, map?.sources].join(" ");
      place.after(thanks);
    };
    const nouns: [string, string] = ["initiative", "initiatives"];
    map = new PlacesMap(box, { nouns, still, fill, boundaries, credit, marked: undefined, names: () => names(service) });
    drawn.set(place, map);
    credit([]);
  }
  map.show(spots);
}

/** Short names of councils, for orientation. */
async function names(service: string): Promise<Name[]> {
  type Named = Pick<components["schemas"]["Council"], "short_name" | "location">;
  const councils: Named[] = [];
  let path: string | null = `${service}v1/councils?fields=short_name,location&limit=200`;
  while (path) {
    const found: { data: Named[]; page: { next?: string | null } } = await get(path, inTime());
    councils.push(...found.data);
    // Only the query of the next address, so that requests never go to another host.
    path = found.page.next ? `${service}v1/councils${new URL(found.page.next).search}` : null;
  }
  return councils.flatMap(({ short_name: name, location }) => (location ? [{ name, ...location }] : []));
}

/** Timeout for names and boundaries. */
function inTime(): AbortSignal {
  return AbortSignal.timeout(10_000);
}
