/** The API requests of the page. All types come from the OpenAPI document. */

import { noticesOf, today } from "../notices";
import type { Filters } from "../state/filters";
import { type Json, type Schema, client, data, refusal } from "./client";

/** Members that a card of the list shows. */
const CARD = ["slug", "title", "summary", "kind", "delivery_status", "status_confirmation", "status_text", "started_on", "lead_council", "lead", "themes", "outcomes"] as const;

/** An initiative with the members that a card shows. */
export type Card = Pick<Schema<"Initiative">, (typeof CARD)[number]> & Pick<Schema<"Initiative">, "distance_km"> & { highlight?: Schema<"Highlight"> | null };

/** A page of cards. */
export type CardPage = Omit<Json<"list_initiatives">, "data"> & { data: Card[] };

/** The first page of the initiatives that match. */
export function listInitiatives(filters: Filters, stop: AbortSignal, limit: number) {
  const highlight = filters.get("q") !== "" ? { highlight: true } : {};
  const query = { ...filters.query(), ...highlight, fields: [...CARD], limit };
  return data<"list_initiatives">(client.GET("/v1/initiatives", { params: { query }, signal: stop })) as Promise<CardPage>;
}

/** The first page of the initiatives on a theme or its narrower themes, newest first. */
export function listThemeInitiatives(theme: string, stop: AbortSignal) {
  const params = { path: { theme }, query: { fields: [...CARD], sort: "-started_on" as const } };
  return data<"list_theme_initiatives">(client.GET("/v1/themes/{theme}/initiatives", { params, signal: stop })) as Promise<CardPage>;
}

/** The first page of the initiatives that name an organisation as lead, partner, evaluator or payer, newest first. */
export function listOrganisationInitiatives(organisation: string, stop: AbortSignal) {
  const query = { organisation: [organisation], fields: [...CARD], sort: "-started_on" as const };
  return data<"list_initiatives">(client.GET("/v1/initiatives", { params: { query }, signal: stop })) as Promise<CardPage>;
}

/** The first page of the initiatives that a council leads or takes part in, newest first. */
export function listCouncilInitiatives(council: string, stop: AbortSignal) {
  const params = { path: { council }, query: { fields: [...CARD], sort: "-started_on" as const } };
  return data<"list_council_initiatives">(client.GET("/v1/councils/{council}/initiatives", { params, signal: stop })) as Promise<CardPage>;
}

/** The page at a `next` address. */
export async function nextPage<Page = CardPage>(address: string): Promise<Page> {
  const { pathname, search } = new URL(address);
  // Use only the path and query of the address, so that requests never go to another host.
  const response = await fetch(pathname + search);
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusal(response, body);
  return body as Page;
}

/** The records of a list, from its first page to its last. */
async function all<T>(first: Paged<T>): Promise<T[]> {
  let page = first;
  const records = [...page.data];
  while (page.page.next) {
    page = await nextPage<Paged<T>>(page.page.next);
    records.push(...page.data);
  }
  return records;
}

/** A page of a list. */
export interface Paged<T> {
  data: T[];
  /** Number of all records of the list. */
  total: number;
  page: { next?: string | null };
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

/** The changes of councils that concern a council, earliest first. */
export function listCouncilChanges(council: string, stop: AbortSignal) {
  const query = { council: [council], sort: "effective_on" as const, limit: 100 };
  return data<"list_council_changes">(client.GET("/v1/council-changes", { params: { query }, signal: stop }));
}

/** Notices of today's pre-election periods that are for a council or, without one, for all councils. */
export async function listNotices(council: string | undefined, stop: AbortSignal): Promise<string[]> {
  const query = { on: today(), council: council ? [council] : [], limit: 200 };
  const { data: periods } = await data<"list_pre_election_periods">(client.GET("/v1/pre-election-periods", { params: { query }, signal: stop }));
  return noticesOf(periods, council !== undefined);
}

/** A citation or a document of an initiative, as text. */
export async function textOf(address: string, accept: string): Promise<string> {
  const response = await fetch(address, { headers: { Accept: accept } });
  if (!response.ok) throw refusal(response, await response.json().catch(() => undefined));
  return response.text();
}

/** An initiative as a reference in plain text. */
export function referenceOf(slug: string): Promise<string> {
  return textOf(`/v1/initiatives/${slug}/citation?format=text`, "text/plain");
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

/** A theme with all its members. */
export function findTheme(theme: string, stop: AbortSignal) {
  return data<"find_theme">(client.GET("/v1/themes/{theme}", { params: { path: { theme } }, signal: stop })) as Promise<Schema<"Theme">>;
}

/** All themes, by label. */
export async function listThemes(stop: AbortSignal): Promise<Schema<"Theme">[]> {
  return (await all(await data<"list_themes">(client.GET("/v1/themes", { params: { query: { limit: 200 } }, signal: stop })))) as Schema<"Theme">[];
}

/** A page of claims. */
export type ClaimPage = Paged<Schema<"OutcomeRecord">>;

/** The claims of initiatives that match, by title: the first page, of as many as the server's page has. */
export function listOutcomes(of: { participant?: string[]; theme?: string[] }, stop: AbortSignal) {
  const query = { ...of, limit: 200 };
  return data<"list_outcomes">(client.GET("/v1/outcomes", { params: { query }, signal: stop })) as Promise<ClaimPage>;
}

/** The claims of initiatives that match, in numbers: one group a theme, kind, unit and bound. */
export function summariseOutcomes(of: { theme: string[] }, stop: AbortSignal) {
  return data<"summarise_outcomes">(client.GET("/v1/outcomes/summary", { params: { query: of }, signal: stop }));
}

/** An organisation with all its members. */
export function findOrganisation(organisation: string, stop: AbortSignal) {
  return data<"find_organisation">(client.GET("/v1/organisations/{organisation}", { params: { path: { organisation } }, signal: stop })) as Promise<Schema<"Organisation">>;
}

/** Memberships of an organisation. */
export async function listMemberships(organisation: string, stop: AbortSignal): Promise<Schema<"Membership">[]> {
  const query = { organisation: [organisation], limit: 200 };
  const { data: memberships } = await data<"list_memberships">(client.GET("/v1/memberships", { params: { query }, signal: stop }));
  return memberships as Schema<"Membership">[];
}

/** Members that a line of the list of organisations shows. */
const ORGANISATION_LINE = ["slug", "name", "kind", "initiative_count"] as const;

/** All organisations, by name, with the members that a line shows. */
export async function listOrganisations(stop: AbortSignal): Promise<Schema<"Organisation">[]> {
  const query = { fields: [...ORGANISATION_LINE], sort: "name" as const, limit: 200 };
  return (await all(await data<"list_organisations">(client.GET("/v1/organisations", { params: { query }, signal: stop })))) as Schema<"Organisation">[];
}

/** Labels of themes, by slug. */
export async function nameThemes(stop: AbortSignal): Promise<Map<string, string>> {
  const query = { fields: ["slug" as const, "label" as const], limit: 200 };
  const themes = await all(await data<"list_themes">(client.GET("/v1/themes", { params: { query }, signal: stop })));
  return new Map(themes.map(({ slug = "", label = "" }) => [slug, label]));
}

/** Members that a card of the list of councils shows or searches. */
const COUNCIL_CARD = ["slug", "name", "short_name", "welsh_name", "code", "gss_code", "aliases", "nation", "region", "location", "membership"] as const;

/** All councils in office, by name, with the members that a card shows or searches. */
export async function listCouncils(stop: AbortSignal): Promise<Schema<"Council">[]> {
  const query = { fields: [...COUNCIL_CARD], limit: 200 };
  return (await all(await data<"list_councils">(client.GET("/v1/councils", { params: { query }, signal: stop })))) as Schema<"Council">[];
}

/** A council on a map: its short name and location, for orientation, and the code of its area. */
export interface NamedCouncil {
  slug: string;
  name: string;
  code: string | null;
  latitude: number;
  longitude: number;
}

const MEMBERS: Schema<"MembershipTier">[] = ["full", "associate", "affiliate", "supporter", "unknown"];
let named: Promise<NamedCouncil[]> | undefined;

/** All members with a location, requested once. */
export function nameCouncils(): Promise<NamedCouncil[]> {
  named ??= requestNames();
  named.catch(() => (named = undefined));
  return named;
}

async function requestNames(): Promise<NamedCouncil[]> {
  const query = { fields: ["slug" as const, "short_name" as const, "gss_code" as const, "location" as const], membership: MEMBERS, limit: 200 };
  const councils = await all(await data<"list_councils">(client.GET("/v1/councils", { params: { query } })));
  return councils.flatMap(({ slug = "", short_name: name, gss_code: code = null, location }) => (name && location ? [{ slug, name, code, ...location }] : []));
}

/** Boundaries to draw, with their attribution. */
export type Boundaries = Schema<"BoundaryCollection">;

const drawn = new Map<number, Promise<Boundaries>>();

/** Boundaries of the councils, simplified for a zoom. Each zoom is requested once. Light ones before the first import. */
export function drawBoundaries(zoom: number): Promise<Boundaries> {
  const asked = drawn.get(zoom) ?? requestBoundaries(zoom);
  drawn.set(zoom, asked);
  asked.catch(() => drawn.delete(zoom));
  return asked;
}

async function requestBoundaries(zoom: number): Promise<Boundaries> {
  const found = await data<"map_boundaries">(client.GET("/v1/map/boundaries", { params: { query: { zoom } } }));
  if (found.features.length > 0) return found;
  const [{ lightBoundaries }, councils] = await Promise.all([import("../map/areas"), nameCouncils()]);
  return lightBoundaries(councils.flatMap(({ slug, code }) => (code ? [{ slug, code }] : [])));
}
