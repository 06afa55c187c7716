/** The map: Leaflet over an outline of the country, with the places of a list in clusters. Loaded on demand. */

import type { GeoJsonObject } from "geojson";
import * as L from "leaflet";
import outline from "virtual:outline";
import Supercluster, { type AnyProps, type ClusterFeature } from "supercluster";

import { count } from "../format";
import type { Boundaries } from "../api/registry";
import { SHADES, shadeOf } from "./shades";
import { type Spot, type SpotFeature, feature, place } from "./points";
import places from "./towns.json";

/** The whole country: south-west, north-east. */
const COUNTRY: L.LatLngBoundsLiteral = [
  [49.8, -8.7],
  [60.9, 1.9],
];
/** Limit of movement. */
const WORLD: L.LatLngBoundsLiteral = [
  [47, -15],
  [63, 8],
];
/** Maximum zoom: the outline has no more detail. */
const CLOSEST = 11;
/** Fraction of a zoom step to which the map is fitted to its places. */
const SNAP = 0.25;
/** Zoom for a single place: shows enough of the country to recognise its location. */
const ALONE = 6;
/** Zooms for which boundaries are requested; each serves until the next. */
const STEPS = [6, 8, 10] as const;
/** Minimum zoom for names of councils. Farther out there are towns. */
const NAMED = 8;
/** Size of a town's name in pixels: names keep this far apart. */
const NAME_SIZE = { width: 96, height: 22 };
/** Clustering radius in pixels. */
const RADIUS = 46;

export interface Wishes {
  /** Singular and plural of the noun for the places. */
  nouns: [string, string];
  /** Disable animations. */
  still: boolean;
  /** Names to show on the map, requested when first needed. */
  names: () => Promise<Name[]>;
  /** Boundaries, simplified for a zoom. */
  boundaries: (zoom: number) => Promise<Boundaries>;
  /** Shows the attribution of the boundaries. */
  credit: (attribution: string[]) => void;
  /** Slug of the council whose boundary is highlighted. */
  marked: string | undefined;
  /** Fills the bubble for these places. Returns a function that clears it. */
  fill: (bubble: HTMLElement, spots: Spot[], name: string) => () => void;
}

/** A name on the map, for orientation. */
export interface Name {
  name: string;
  latitude: number;
  longitude: number;
}

interface Drawn {
  marker: L.Marker;
  keys: Set<string>;
}

export class PlacesMap {
  /** Source of what every map shows: the coast and the names of towns. */
  readonly sources = `Coast and towns: Natural Earth (${places.licence.toLowerCase()}).`;
  private readonly map: L.Map;
  private readonly wishes: Wishes;
  private readonly markers = L.layerGroup();
  private index: Supercluster<Spot> = clusters([]);
  private drawn: Drawn[] = [];
  private pointed: string | null = null;
  private names: L.LayerGroup | undefined;
  private readonly towns = L.layerGroup();
  private shades: ReadonlyMap<string, number> | null = null;
  private boundaries: { step: number; layer: L.GeoJSON } | undefined;
  /** The places to show. */
  private spots: readonly Spot[] = [];
  /** True once the user has moved the map. Until then it shows its places, whatever its size becomes. */
  private moved = false;
  private readonly resized: ResizeObserver;
  private readonly land: L.GeoJSON;
  private gone = false;

  constructor(box: HTMLElement, wishes: Wishes) {
    this.wishes = wishes;
    this.map = L.map(box, {
      attributionControl: false,
      zoomControl: false,
      minZoom: 4,
      maxZoom: CLOSEST,
      zoomSnap: SNAP,
      maxBounds: WORLD,
      maxBoundsViscosity: 0.8,
      zoomAnimation: !wishes.still,
      fadeAnimation: !wishes.still,
      // The wheel scrolls the page until the map has the focus.
      scrollWheelZoom: false,
    });
    L.control.zoom({ zoomInTitle: "Zoom in", zoomOutTitle: "Zoom out" }).addTo(this.map);
    const style = (home: boolean): L.PathOptions => ({ className: home ? "land home" : "land", interactive: false });
    this.land = L.geoJSON(JSON.parse(outline), { style: (country) => style(country?.properties.home === true) }).addTo(this.map);
    this.towns.addTo(this.map);
    this.markers.addTo(this.map);
    this.fit(false);
    this.map.on("moveend", () => this.draw());
    this.map.on("zoomend", () => this.write());
    this.map.on("zoomend", () => this.border());
    this.map.on("moveend", () => this.writeTowns());
    this.border();
    this.writeTowns();
    this.map.on("focus", () => this.map.scrollWheelZoom.enable());
    this.map.on("blur", () => this.map.scrollWheelZoom.disable());
    for (const act of ["pointerdown", "keydown", "wheel"] as const) box.addEventListener(act, () => (this.moved = true), { passive: true });
    // A map that is hidden at first, as on a phone, has its size later.
    this.resized = new ResizeObserver(() => {
      if (this.moved) return void this.map.invalidateSize({ animate: false });
      // While the map is fitted, its limit would start a movement of its own, which then would not end.
      this.map.setMaxBounds();
      this.map.invalidateSize({ animate: false });
      this.fit(false);
      this.map.setMaxBounds(WORLD);
    });
    this.resized.observe(box);
  }

  /** The visible area: west, south, east, north in degrees. */
  box(): [number, number, number, number] {
    const bounds = this.map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  /** Shows these places instead of the current ones, and moves to them unless `stay` is set. */
  show(spots: Spot[], stay = false): void {
    this.index = clusters(spots.map(feature));
    this.map.closePopup();
    this.spots = spots;
    // Keep the position that the user chose.
    if (!stay || !this.moved) {
      this.moved = false;
      this.fit(!this.wishes.still && this.drawn.length > 0);
    }
    this.draw();
    this.writeTowns();
  }

  /** Highlights the place with this key; none for null. */
  point(key: string | null): void {
    this.pointed = key;
    for (const { marker, keys } of this.drawn) {
      const is = key !== null && keys.has(key);
      marker.getElement()?.classList.toggle("pointed", is);
      marker.setZIndexOffset(is ? 1000 : 0);
    }
  }

  /** Shades the boundaries by a number for each council, by its slug; not at all for null. */
  shade(numbers: ReadonlyMap<string, number> | null): void {
    this.shades = numbers;
    this.boundaries?.layer.eachLayer((layer) => this.fill(layer));
  }

  remove(): void {
    this.gone = true;
    this.resized.disconnect();
    this.map.remove();
  }

  /** Moves to the places, or to the whole country if there are none. */
  private fit(animate: boolean): void {
    if (this.spots.length === 0) return void this.map.fitBounds(COUNTRY, { animate: false });
    const bounds = L.latLngBounds(this.spots.map((spot) => [spot.latitude, spot.longitude]));
    const { x, y } = this.map.getSize();
    // Room for half of the largest marker, as far as a small map has it.
    const margin = Math.min(30, x / 10, y / 10);
    this.map.fitBounds(bounds, { maxZoom: isOne(bounds) ? ALONE : 9, animate, padding: [margin, margin] });
  }

  private draw(): void {
    const box = this.map.getBounds().pad(0.2);
    const edges: [number, number, number, number] = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
    // Between two steps, as far apart as at the step before: markers must not cover each other.
    const found = this.index.getClusters(edges, Math.floor(this.map.getZoom()));
    // From north to south, which is the order of the Tab key.
    found.sort((one, other) => (other.geometry.coordinates[1] ?? 0) - (one.geometry.coordinates[1] ?? 0));
    const held = this.focused()?.closest<HTMLElement>(".spot")?.dataset["keys"];
    this.markers.clearLayers();
    this.drawn = found.map((one) => this.marker(one)).map((drawn) => (drawn.marker.addTo(this.markers), drawn));
    this.point(this.pointed);
    if (held !== undefined) this.hold(held);
  }

  /** The focused element in the map's tree, which is a shadow root on other sites. */
  private focused(): Element | null {
    return (this.map.getContainer().getRootNode() as Document | ShadowRoot).activeElement;
  }

  /** Draws the boundaries, if there are any, in the detail of the zoom. */
  private border(): void {
    const zoom = this.map.getZoom();
    const step = STEPS.find((one) => zoom <= one) ?? STEPS[STEPS.length - 1] ?? zoom;
    if (this.boundaries?.step === step) return;
    const before = this.boundaries?.layer;
    const layer = L.geoJSON(undefined, { style: (shape) => this.edge(shape?.properties.slug), interactive: false });
    this.boundaries = { step, layer };
    this.wishes.boundaries(step).then(
      (found) => {
        // The zoom may have changed meanwhile, or the map may be gone.
        before?.remove();
        if (this.boundaries?.layer !== layer || this.gone) return;
        layer.addData(found as GeoJsonObject).addTo(this.map).bringToBack();
        this.land.bringToBack();
        layer.eachLayer((one) => this.fill(one));
        if (found.features.length > 0) this.wishes.credit(found.attribution);
      },
      // The outline of the country is enough for orientation.
      () => undefined,
    );
  }

  /** Sets the shade of a boundary. */
  private fill(layer: L.Layer): void {
    const { feature } = layer as L.Polygon & { feature?: { properties?: { slug?: string } } };
    const shade = shadeOf(this.shades?.get(feature?.properties?.slug ?? "") ?? 0);
    const element = (layer as L.Path).getElement();
    for (const one of SHADES.keys()) element?.classList.toggle(`shade-${one}`, this.shades !== null && one === shade);
  }

  /** Writes names of towns, the larger first, where there is room. Names of councils take their place closer in. */
  private writeTowns(): void {
    this.towns.clearLayers();
    if (this.map.getZoom() >= NAMED) return;
    const view = this.map.getBounds().pad(0.05);
    const written: L.Point[] = [];
    const marked = this.drawn.map(({ marker }) => this.map.latLngToContainerPoint(marker.getLatLng()));
    for (const [name, latitude, longitude] of places.towns as [string, number, number][]) {
      const at = this.map.latLngToContainerPoint([latitude, longitude]);
      const isClose = (other: L.Point) => Math.abs(other.x - at.x) < NAME_SIZE.width && Math.abs(other.y - at.y) < NAME_SIZE.height;
      const isBehind = (other: L.Point) => Math.abs(other.x - at.x) < NAME_SIZE.width * 0.6 && Math.abs(other.y - at.y) < NAME_SIZE.height;
      if (!view.contains([latitude, longitude]) || written.some(isClose) || marked.some(isBehind)) continue;
      written.push(at);
      label({ name, latitude, longitude }, "town").addTo(this.towns);
    }
  }

  private edge(slug: unknown): L.PathOptions {
    return { className: slug !== undefined && slug === this.wishes.marked ? "boundary marked" : "boundary", interactive: false };
  }

  /** Shows names if the zoom is high enough. */
  private write(): void {
    const wanted = this.map.getZoom() >= NAMED;
    if (!wanted) this.names?.remove();
    else if (this.names) this.names.addTo(this.map);
    else {
      this.names = L.layerGroup().addTo(this.map);
      const layer = this.names;
      // The map works without names.
      this.wishes.names().then((names) => names.forEach((name) => label(name).addTo(layer)), () => undefined);
    }
  }

  /** Restores the focus to a marker that was redrawn, or otherwise to the map. */
  private hold(keys: string): void {
    const same = this.drawn.find(({ marker }) => marker.getElement()?.dataset["keys"] === keys);
    const next = same?.marker.getElement()?.querySelector("button") ?? this.map.getContainer();
    next.focus({ preventScroll: true });
  }

  private marker(found: SpotFeature | ClusterFeature<AnyProps>): Drawn {
    const [longitude = 0, latitude = 0] = found.geometry.coordinates;
    const id = isGroup(found) ? found.properties.cluster_id : undefined;
    const spots = !isGroup(found) ? [found.properties] : this.index.getLeaves(found.properties.cluster_id, Infinity).map((leaf) => leaf.properties);
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", this.name(spots));
    if (spots.length > 1) button.textContent = String(spots.length);
    const shape = spots.length === 1 ? "pin" : spots.length < 5 ? "group small" : spots.length < 15 ? "group" : "group large";
    const size = spots.length === 1 ? 28 : spots.length < 5 ? 34 : spots.length < 15 ? 42 : 52;
    const icon = L.divIcon({ className: `spot ${shape}`, html: button, iconSize: [size, size] });
    // The button inside handles the keyboard.
    const marker = L.marker([latitude, longitude], { icon, keyboard: false, interactive: false });
    marker.on("add", () => tag(marker, spots));
    L.DomEvent.disableClickPropagation(button);
    button.addEventListener("click", () => this.open(id, spots, marker));
    return { marker, keys: new Set(spots.map((spot) => spot.key)) };
  }

  private name(spots: readonly Spot[]): string {
    const [first] = spots;
    if (spots.length === 1 && first) return first.note ? `${first.title}, ${first.note}` : first.title;
    const { name, all } = place(spots);
    return `${count(spots.length, ...this.wishes.nouns)} ${all ? "at" : "around"} ${name}`;
  }

  /** Zooms in to a group. Shows a bubble for a single place, or for several at one point. */
  private open(id: number | undefined, spots: Spot[], marker: L.Marker): void {
    const closer = id === undefined ? Infinity : this.index.getClusterExpansionZoom(id);
    if (closer <= CLOSEST) {
      const bounds = L.latLngBounds(spots.map((spot) => [spot.latitude, spot.longitude]));
      const fitting = this.map.getBoundsZoom(bounds, false, L.point(120, 120));
      // At least as close as the group falls apart, even where not all of it fits.
      this.map.setView(bounds.getCenter(), Math.max(closer, Math.min(fitting, this.map.getZoom() + 1)), { animate: !this.wishes.still });
      return;
    }
    const bubble = document.createElement("div");
    const end = this.wishes.fill(bubble, spots, this.name(spots));
    const from = marker.getElement()?.dataset["keys"];
    const popup = L.popup({ className: "bubble", maxWidth: 300, minWidth: 220, offset: [0, -6], autoPanPadding: [16, 16], keepInView: false })
      .setLatLng(marker.getLatLng())
      .setContent(bubble);
    popup.on("remove", () => {
      const focused = this.focused();
      const within = focused === null || focused === document.body || bubble.contains(focused);
      end();
      if (within && from !== undefined) this.hold(from);
    });
    bubble.addEventListener("keydown", ({ key }) => void (key === "Escape" && popup.close()));
    popup.openOn(this.map);
    bubble.querySelector("a")?.focus({ preventScroll: true });
  }
}

function clusters(features: SpotFeature[]): Supercluster<Spot> {
  const index = new Supercluster<Spot>({ radius: RADIUS, maxZoom: CLOSEST, extent: 256 });
  return index.load(features);
}

/** A name below its point. Hidden from screen readers: it is for orientation. */
function label({ name, latitude, longitude }: Name, kind = ""): L.Marker {
  const text = document.createElement("span");
  text.textContent = name;
  text.setAttribute("aria-hidden", "true");
  const icon = L.divIcon({ className: `name ${kind}`.trim(), html: text, iconSize: [0, 0] });
  return L.marker([latitude, longitude], { icon, keyboard: false, interactive: false, zIndexOffset: -1000 });
}

/** Stores the keys of a marker's places on its element. */
function tag(marker: L.Marker, spots: readonly Spot[]): void {
  const element = marker.getElement();
  if (element) element.dataset["keys"] = spots.map((spot) => spot.key).join(" ");
}

/** True when all places are at one point. */
function isOne(bounds: L.LatLngBounds): boolean {
  return bounds.getNorthEast().equals(bounds.getSouthWest(), 0.01);
}

function isGroup(found: SpotFeature | ClusterFeature<AnyProps>): found is ClusterFeature<AnyProps> {
  return "cluster_id" in found.properties;
}
