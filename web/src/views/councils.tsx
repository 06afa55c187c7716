import { useMemo, useState } from "preact/hooks";

import type { Json, Schema } from "../api/client";
import { type PlacedInitiatives, countInitiatives, listCouncils, nameThemes, placeInitiatives } from "../api/registry";
import { count, label, membership } from "../format";
import { Places } from "../map/places";
import type { Spot } from "../map/points";
import { Heading } from "../parts/heading";
import { Failed, Loading } from "../parts/states";
import { Take } from "../parts/take";
import { Filters } from "../state/filters";
import { preload, useResource } from "../state/resource";
import { go } from "../state/router";
import { NATIONS, REGIONS } from "../words";

type Council = Schema<"Council">;

/** The number of initiatives that a council leads, and their most frequent themes. */
export interface Practice {
  initiatives: number;
  themes: { slug: string; label: string; initiatives: number }[];
}

/** Maximum number of themes on a card. */
const MOST_THEMES = 3;
const ALL = Filters.of(new URLSearchParams());

/** Loads the councils and what they do. */
export async function prepareCouncils(): Promise<void> {
  await Promise.all([
    preload("councils", listCouncils),
    preload(`places ${ALL}`, (stop) => placeInitiatives(ALL, stop)),
    preload("themes", nameThemes),
    preload(`counts ${ALL}`, (stop) => countInitiatives(ALL, stop)),
  ]);
}

/** All councils, with their themes and a map. */
export function Councils({ query }: { query: URLSearchParams }) {
  const councils = useResource("councils", listCouncils);
  const placed = useResource(`places ${ALL}`, (stop) => placeInitiatives(ALL, stop));
  const themes = useResource("themes", nameThemes);
  const counts = useResource(`counts ${ALL}`, (stop) => countInitiatives(ALL, stop));
  const practice = useMemo(() => practiceOf(counts.data, placed.data, themes.data), [counts.data, placed.data, themes.data]);
  const shades = useMemo(() => counts.data && new Map(counts.data.facets.council.map((one) => [one.value, one.initiatives])), [counts.data]);
  const [pointed, setPointed] = useState<string | null>(null);
  const words = query.get("name") ?? "";
  const where = query.get("where") ?? "";
  const side = query.get("view") === "map" ? "map" : "list";
  const everyone = query.get("show") === "all";
  // Most councils are only reference data. A name finds them all.
  const shown = useMemo(
    () => (councils.data ?? []).filter((council) => (everyone || words !== "" || hasPractice(council, practice)) && isMeant(council, words, where)).sort(byName),
    [councils.data, practice, words, where, everyone],
  );
  const spots = useMemo(() => shown.flatMap((council) => spot(council, practice.get(council.slug))), [shown, practice]);
  const places = useMemo(() => regions(councils.data ?? []), [councils.data]);

  const ask = (change: { name?: string; where?: string; view?: string; show?: string }) => {
    const wanted = new URLSearchParams();
    for (const [name, value] of Object.entries({ name: words, where, view: side === "map" ? "map" : "", show: everyone ? "all" : "", ...change })) if (value && value !== "list") wanted.set(name, value);
    const search = wanted.toString();
    go(search ? `/councils?${search}` : "/councils", { replace: true });
  };

  return (
    <div class="explore councils" data-side={side}>
      <a class="skip" href="#results-title">
        Skip to results
      </a>
      <div class="hero">
        <div class="wide">
          <Heading title="Councils" class="hero-title" />
          <p>Councils in the registry, with the number and themes of their initiatives.</p>
          <form class="finder" role="search" action="/councils" onSubmit={(event) => event.preventDefault()}>
            <label>
              <span>Name</span>
              <input type="text" name="name" autoComplete="off" enterKeyHint="search" value={words} onInput={(event) => ask({ name: event.currentTarget.value })} />
            </label>
            <label>
              <span>Nation or region</span>
              <select name="where" value={where} onChange={(event) => ask({ where: event.currentTarget.value })}>
                <option value="">All</option>
                {places.map(({ value, name }) => (
                  <option key={value} value={value}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
            <label>
              <span>Show</span>
              <select name="show" value={everyone ? "all" : ""} onChange={(event) => ask({ show: event.currentTarget.value })}>
                <option value="">Members and councils with initiatives</option>
                <option value="all">All councils in the UK</option>
              </select>
            </label>
          </form>
        </div>
      </div>
      <div class="columns two wide">
        <section class="results" aria-labelledby="results-title">
          <div class="results-head">
            <h2 id="results-title" tabIndex={-1}>{councils.data ? count(shown.length, "council") : councils.error ? "Results could not be loaded" : "Loading …"}</h2>
            <span class="unseen" role="status">
              {councils.data ? count(shown.length, "council") : ""}
            </span>
            <div class="sides" role="group" aria-label="Show">
              {(["list", "map"] as const).map((one) => (
                <button key={one} type="button" aria-pressed={side === one} onClick={() => ask({ view: one })}>
                  {one === "list" ? "List" : "Map"}
                </button>
              ))}
            </div>
          </div>
          {shown.length > 0 && <Take list="/v1/councils" feed="/v1/changes.atom" page="/councils" name="Councils" />}
          {councils.error && <Failed error={councils.error} again={councils.again} />}
          {!councils.data && !councils.error && <Loading what="councils" />}
          {councils.data && shown.length === 0 && (
            <div class="notice">
              <p>
                <b>No councils match this.</b>
              </p>
              <p class="actions">
                <button type="button" onClick={() => ask({ name: "", where: "", show: "all" })}>
                  Show all councils
                </button>
              </p>
            </div>
          )}
          <ul class="council-cards">
            {shown.map((council) => (
              <CouncilCard key={council.slug} council={council} practice={counts.data && (practice.get(council.slug) ?? NONE)} onPoint={setPointed} />
            ))}
          </ul>
        </section>
        <section class="beside" aria-label="Map of the councils">
          <a class="skip" href="#after-map">
            Skip the map
          </a>
          <Places name="Map of the councils in the list" spots={spots} nouns={["council", "councils"]} pointed={pointed} shades={shades} />
          <p class="legend">{councils.data ? `${count(spots.length, "council")} on the map.` : councils.error ? "The map could not be loaded." : "Loading the map …"}</p>
          <span id="after-map" tabIndex={-1} />
        </section>
      </div>
    </div>
  );
}

const NONE: Practice = { initiatives: 0, themes: [] };

function CouncilCard({ council, practice, onPoint }: { council: Council; practice: Practice | undefined; onPoint: (slug: string | null) => void }) {
  const { slug, short_name: name, membership: standing, region, nation } = council;
  return (
    <li
      class="council-card"
      onMouseEnter={() => onPoint(slug)}
      onMouseLeave={() => onPoint(null)}
      onFocusCapture={() => onPoint(slug)}
      onBlurCapture={() => onPoint(null)}
    >
      <h3>
        <a href={`/councils/${slug}`}>{name}</a>
      </h3>
      <p class="by">{region ? REGIONS[region] : NATIONS[nation]}</p>
      {standing.tier !== "none" && <p class="tier">{membership(standing)}</p>}
      {practice && (
        <p class="practice">
          {practice.initiatives === 0 ? "No initiatives yet" : <b>{count(practice.initiatives, "initiative")}</b>}
          {practice.themes.length > 0 && <span> {practice.themes.slice(0, MOST_THEMES).map((theme) => theme.label).join(" · ")}</span>}
        </p>
      )}
    </li>
  );
}

/** The initiatives that each council leads, by its slug, with the most frequent themes first. */
function practiceOf(counts: Json<"count_initiatives"> | undefined, placed: PlacedInitiatives | undefined, labels: Map<string, string> | undefined): Map<string, Practice> {
  const found = new Map<string, Practice>(counts?.facets.council.map((one) => [one.value, { initiatives: one.initiatives, themes: [] }]));
  for (const { properties } of placed?.places ?? []) {
    const practice = properties.council && found.get(properties.council.slug);
    if (!practice) continue;
    for (const slug of properties.themes) {
      const known = practice.themes.find((theme) => theme.slug === slug);
      if (known) known.initiatives += 1;
      else practice.themes.push({ slug, label: labels?.get(slug) ?? label(slug), initiatives: 1 });
    }
  }
  for (const { themes } of found.values()) themes.sort((one, other) => other.initiatives - one.initiatives || one.label.localeCompare(other.label, "en-GB"));
  return found;
}

/** True for a council that is or was a member, or that leads an initiative. */
function hasPractice(council: Council, practice: Map<string, Practice>): boolean {
  return council.membership.tier !== "none" || Boolean(council.membership.status) || practice.has(council.slug);
}

/** Order by the name on the card. */
function byName(one: Council, other: Council): number {
  return one.short_name.localeCompare(other.short_name, "en-GB");
}

function isMeant(council: Council, words: string, where: string): boolean {
  const fold = (text: string) => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const names = [council.name, council.short_name, council.welsh_name ?? "", council.code ?? "", council.gss_code ?? "", ...council.aliases];
  return (words === "" || names.some((name) => fold(name).includes(fold(words)))) && (where === "" || council.nation === where || council.region === where);
}

/** Nations and regions that have councils. */
function regions(councils: Council[]): { value: string; name: string }[] {
  const nations = new Set(councils.map((council) => council.nation));
  const within = new Set(councils.map((council) => council.region));
  return Object.entries(NATIONS).flatMap(([value, name]) => [
    ...(nations.has(value as Council["nation"]) ? [{ value, name }] : []),
    ...(value === "england" ? Object.entries(REGIONS).filter(([region]) => within.has(region as Council["region"])).map(([region, label]) => ({ value: region, name: `– ${label}` })) : []),
  ]);
}

function spot({ slug, name, short_name: short, location, membership: standing }: Council, practice: Practice | undefined): Spot[] {
  if (!location) return [];
  const note = [standing.tier !== "none" && membership(standing), practice && count(practice.initiatives, "initiative")].filter(Boolean).join(" · ");
  return [{ key: slug, href: `/councils/${slug}`, title: name, note, near: short, ...location }];
}

