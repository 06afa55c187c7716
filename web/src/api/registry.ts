/** The API requests of the page. All types come from the OpenAPI document. */

import type { Filters } from "../state/filters";
import { type Json, type Schema, client, data, refusal } from "./client";

/** Members that a card of the list shows. */
const CARD = ["slug", "title", "summary", "kind", "delivery_status", "started_on", "lead_council", "themes", "outcomes"] as const;

/** An initiative with the members that a card shows. */
export type Card = Pick<Schema<"Initiative">, (typeof CARD)[number]> & Pick<Schema<"Initiative">, "distance_km"> & { highlight?: Schema<"Highlight"> | null };

/** A page of cards. */
export type CardPage = Omit<Json<"list_initiatives">, "data"> & { data: Card[] };

/** The first page of the initiatives that match. */
export function listInitiatives(filters: Filters, stop: AbortSignal) {
  const highlight = filters.get("q") !== "" ? { highlight: true } : {};
  const query = { ...filters.query(), ...highlight, fields: [...CARD] };
  return data<"list_initiatives">(client.GET("/v1/initiatives", { params: { query }, signal: stop })) as Promise<CardPage>;
}

/** The first page of the initiatives that a council leads or takes part in, newest first. */
export function listCouncilInitiatives(council: string, stop: AbortSignal) {
  const params = { path: { council }, query: { fields: [...CARD], sort: "-started_on" as const } };
  return data<"list_council_initiatives">(client.GET("/v1/councils/{council}/initiatives", { params, signal: stop })) as Promise<CardPage>;
}

/** The page at a `next` address. */
export async function nextPage(address: string): Promise<CardPage> {
  const { pathname, search } = new URL(address);
  // Use only the path and query of the address, so that requests never go to another host.
  const response = await fetch(pathname + search);
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusal(response, body);
  return body as CardPage;
}

/** Number of initiatives for each filter value. */
export function countInitiatives(filters: Filters, stop: AbortSignal) {
  return data<"count_initiatives">(client.GET("/v1/initiatives/facets", { params: { query: filters.narrowing() }, signal: stop }));
}

export function suggest(typed: string, stop: AbortSignal) {
  return data<"suggest_records">(client.GET("/v1/suggest", { params: { query: { q: typed } }, signal: stop }));
}

/** An initiative with all its members. */
export function findInitiative(initiative: string, stop: AbortSignal) {
  return data<"find_initiative">(client.GET("/v1/initiatives/{initiative}", { params: { path: { initiative } }, signal: stop })) as Promise<Schema<"Initiative">>;
}

/** A council with all its members. */
export function findCouncil(council: string, stop: AbortSignal) {
  return data<"find_council">(client.GET("/v1/councils/{council}", { params: { path: { council } }, signal: stop })) as Promise<Schema<"Council">>;
}

/** A citation or a document of an initiative, as text. */
export async function textOf(address: string, accept: string): Promise<string> {
  const response = await fetch(address, { headers: { Accept: accept } });
  if (!response.ok) throw refusal(response, await response.json().catch(() => undefined));
  return response.text();
}

/** Locations of the initiatives that match. */
export interface PlacedInitiatives {
  places: Schema<"InitiativePointFeature">[];
  /** Number of initiatives that match, including those without a location. */
  total: number;
}

/** Locations of all initiatives that match. */
export async function placeInitiatives(filters: Filters, stop: AbortSignal): Promise<PlacedInitiatives> {
  const { sort: _, ...query } = filters.query();
  const map = await data<"map_initiatives">(client.GET("/v1/map/initiatives", { params: { query }, signal: stop }));
  // Only requests with a zoom return clusters.
  return { places: map.features.filter((found) => "slug" in found.properties) as PlacedInitiatives["places"], total: map.total };
}

/** Labels of themes, by slug. */
export async function nameThemes(stop: AbortSignal): Promise<Map<string, string>> {
  const query = { fields: ["slug" as const, "label" as const], limit: 200 };
  const { data: themes } = await data<"list_themes">(client.GET("/v1/themes", { params: { query }, signal: stop }));
  return new Map(themes.map(({ slug = "", label = "" }) => [slug, label]));
}

/** Members that a card of the list of councils shows or searches. */
const COUNCIL_CARD = ["slug", "name", "short_name", "welsh_name", "code", "gss_code", "aliases", "nation", "region", "location", "membership"] as const;

/** All councils in office, by name, with the members that a card shows or searches. */
export async function listCouncils(stop: AbortSignal): Promise<Schema<"Council">[]> {
  const query = { fields: [...COUNCIL_CARD], limit: 200 };
  let page = await data<"list_councils">(client.GET("/v1/councils", { params: { query }, signal: stop }));
  const councils = [...page.data];
  while (page.page.next) {
    page = (await nextPage(page.page.next)) as unknown as typeof page;
    councils.push(...page.data);
  }
  return councils as Schema<"Council">[];
}

/** Short names and locations of member councils. One page of them is enough for orientation on a map. */
export async function nameCouncils(): Promise<{ name: string; latitude: number; longitude: number }[]> {
  const membership: Schema<"MembershipTier">[] = ["full", "associate", "affiliate", "supporter"];
  const query = { fields: ["short_name" as const, "location" as const], membership, limit: 200 };
  const { data: councils } = await data<"list_councils">(client.GET("/v1/councils", { params: { query } }));
  return councils.flatMap(({ short_name: name, location }) => (name && location ? [{ name, ...location }] : []));
}

/** Boundaries to draw, with their attribution. */
export type Boundaries = Schema<"BoundaryCollection">;

const drawn = new Map<number, Promise<Boundaries>>();

/** Boundaries of the councils, simplified for a zoom. Each zoom is requested once. Empty before the first import. */
export function drawBoundaries(zoom: number): Promise<Boundaries> {
  const asked = drawn.get(zoom) ?? data<"map_boundaries">(client.GET("/v1/map/boundaries", { params: { query: { zoom } } }));
  drawn.set(zoom, asked);
  asked.catch(() => drawn.delete(zoom));
  return asked;
}
