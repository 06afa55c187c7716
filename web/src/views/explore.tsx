import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { type Card as Shown, type CardPage, type PlacedInitiatives, countInitiatives, listInitiatives, nextPage, placeInitiatives } from "../api/registry";
import { Refusal } from "../api/client";
import { count, number } from "../format";
import { Places } from "../map/places";
import type { Spot } from "../map/points";
import { Card } from "../parts/card";
import { Chips, inWords, without } from "../parts/chips";
import { Facets } from "../parts/facets";
import { Near } from "../parts/near";
import { Heading } from "../parts/heading";
import { Notices, prepareNotices } from "../parts/notices";
import { Search } from "../parts/search";
import { Failed, Loading } from "../parts/states";
import { Take } from "../parts/take";
import { Filters } from "../state/filters";
import { useKeptFocus } from "../state/focus";
import { type Resource, keep, preload, useResource } from "../state/resource";
import { go } from "../state/router";
import { FILTERS, ORDERS } from "../words";

/** Number of initiatives that a list has at first, and at most in one request. */
const [USUAL, MOST] = [20, 200] as const;

/** Loads the list, its counts and the notices. The map comes when it is there. */
export async function prepareExplore(query: URLSearchParams): Promise<void> {
  const filters = Filters.of(query);
  const narrowing = filters.set("sort", "");
  const shown = shownIn(query);
  await Promise.all([preload(listKey(filters, shown), (stop) => listInitiatives(filters, stop, shown)), preload(`counts ${narrowing}`, (stop) => countInitiatives(narrowing, stop)), prepareNotices()]);
}

/** Number of initiatives that an address of the server's "Show more" asks for. */
function shownIn(query: URLSearchParams): number {
  const asked = Number(query.get("shown") ?? "");
  return Number.isInteger(asked) ? Math.min(Math.max(asked, USUAL), MOST) : USUAL;
}

function listKey(filters: Filters, shown: number): string {
  return shown === USUAL ? `list ${filters}` : `list ${filters} ${shown}`;
}

/** The list of initiatives, filtered and searched, with a map of the same initiatives. */
export function Explore({ query }: { query: URLSearchParams }) {
  const filters = useMemo(() => Filters.of(query), [query.toString()]);
  const first = shownIn(query);
  const key = listKey(filters, first);
  const list = useResource<CardPage>(key, (stop) => listInitiatives(filters, stop, first), true);
  // If the search was corrected, the counts and the map use the correction too.
  const meant = list.busy ? undefined : list.data?.search?.did_you_mean;
  const narrowing = (meant ? filters.set("q", meant) : filters).set("sort", "");
  const counts = useResource(`counts ${narrowing}`, (stop) => countInitiatives(narrowing, stop), true);
  const places = useResource(`places ${narrowing}`, (stop) => placeInitiatives(narrowing, stop), true);
  const [pointed, setPointed] = useState<string | null>(null);
  const [panel, setPanel] = useState(false);
  const spots = useMemo(() => (places.data?.places ?? []).map(spot), [places.data]);
  const shades = useMemo(() => counts.data && new Map(counts.data.facets.council.map((one) => [one.value, one.initiatives])), [counts.data]);
  const side = query.get("view") === "map" ? "map" : "list";

  const address = (wanted: Filters, view: string = side) => {
    const parameters = new URLSearchParams(wanted.toString());
    if (view === "map") parameters.set("view", "map");
    const search = parameters.toString();
    return search ? `/?${search}` : "/";
  };
  const change = (wanted: Filters) => go(address(wanted));
  const active = filters.active().length;
  useKeptFocus("results-title");

  return (
    <div class="explore" data-side={side}>
      <a class="skip" href="#results-title">
        Skip to results
      </a>
      <div class="hero">
        <div class="wide">
          <Heading title={title(filters, counts.data?.facets)} class="hero-title">
            Initiatives by <span class="whole">co-operative</span> councils
          </Heading>
          <p>Initiatives from councils across the UK: their approach, their outcomes, and how strong the evidence is.</p>
          <Search words={filters.get("q")} onSearch={(words) => change(filters.set("q", words))} onTheme={(theme) => change(filters.set("q", "").toggle("theme", theme))} />
        </div>
      </div>

      <div class="columns wide">
        <section class="filters" aria-label="Filters">
          <button type="button" class="opener" aria-expanded={panel} aria-controls="panel" onClick={() => setPanel(!panel)}>
            Filters{active > 0 ? ` (${active})` : ""}
          </button>
          <div id="panel" class={panel ? "panel open" : "panel"}>
            <h2>Filter</h2>
            <Facets filters={filters} counts={counts.data?.facets} onChange={change} />
          </div>
        </section>

        <Results at={key} list={list} filters={filters} name={title(filters, counts.data?.facets) || "Initiatives by co-operative councils"} exact={counts.data && !counts.busy ? counts.data.total : undefined} counts={counts.data?.facets} onChange={change} onPoint={setPointed}>
          <div class="sides" role="group" aria-label="Show">
            {(["list", "map"] as const).map((one) => (
              <button key={one} type="button" aria-pressed={side === one} onClick={() => go(address(filters, one), { replace: true })}>
                {one === "list" ? "List" : "Map"}
              </button>
            ))}
          </div>
        </Results>

        <section class="beside" aria-label="Map of the results">
          <a class="skip" href="#after-map">
            Skip the map
          </a>
          <Places name="Map of the initiatives in the list" spots={spots} nouns={["initiative", "initiatives"]} pointed={pointed} shades={shades} stay={filters.get("bbox") !== ""} onBox={(box) => change(filters.set("bbox", box.map((degrees) => degrees.toFixed(3)).join(",")))} />
          <p class="legend">{places.data ? located(places.data) : places.error ? "The map could not be loaded. The list has the same initiatives." : "Loading the map …"}</p>
          <span id="after-map" tabIndex={-1} />
        </section>
      </div>
    </div>
  );
}

/** The search and the filters in a few words, for the title of the document. */
function title(filters: Filters, counts: ResultsProps["counts"]): string {
  const words = filters.get("q");
  const chosen = filters.active().filter(({ name }) => name !== "radius_km");
  return [...(words ? [`“${words}”`] : []), ...chosen.map(({ name, value }) => inWords(name, value, counts))].join(", ");
}

function spot({ properties, geometry }: PlacedInitiatives["places"][number]): Spot {
  const { slug, title } = properties;
  const council = properties.council ?? properties.place_of;
  const [longitude = 0, latitude = 0] = geometry.coordinates;
  return { key: slug, href: `/initiatives/${slug}`, title, note: council?.name ?? "", near: council?.name ?? "this place", longitude, latitude };
}

/** Numbers of initiatives on the map and not on it. */
function located({ places, total }: PlacedInitiatives): string {
  const own = places.filter(({ properties }) => properties.located_by === "initiative").length;
  const nowhere = total - places.length;
  const parts = [`${count(places.length, "initiative")} on the map`];
  if (own < places.length) parts.push(own === 0 ? "all shown at their lead council" : `${number(places.length - own)} shown at their lead council`);
  if (nowhere > 0) parts.push(`${number(nowhere)} without a location, in the list only`);
  return `${parts.join("; ")}.`;
}

interface ResultsProps {
  /** Cache key of the list. */
  at: string;
  list: Resource<CardPage>;
  filters: Filters;
  /** The search and the filters in words. */
  name: string;
  /** Exact total from the counts, if known: a search counts up to a thousand only. */
  exact: number | undefined;
  counts: Parameters<typeof Chips>[0]["counts"];
  onChange: (filters: Filters) => void;
  onPoint: (slug: string | null) => void;
  children: preact.ComponentChildren;
}

function Results({ at: key, list, filters, name, exact, counts, onChange, onPoint, children }: ResultsProps) {
  const [more, setMore] = useState<"idle" | "busy" | Refusal>("idle");
  const [added, setAdded] = useState<{ key: string; page: CardPage } | null>(null);
  const page = added?.key === key ? added.page : list.data;
  const cards = useRef<HTMLOListElement>(null);
  const before = useRef(0);
  // After "Show more", the focus goes to the first new initiative.
  useLayoutEffect(() => {
    if (before.current > 0) cards.current?.children[before.current]?.querySelector<HTMLElement>("h3 a")?.focus();
    before.current = 0;
  }, [added]);
  const words = filters.get("q");
  const heading = page && !list.busy ? total(page, exact) : list.error ? "Results could not be loaded" : "Loading …";
  useEffect(() => setMore("idle"), [key]);

  const showMore = async () => {
    if (!page?.page.next || more === "busy") return;
    setMore("busy");
    try {
      const next = await nextPage(page.page.next);
      const whole = { ...next, data: [...page.data, ...next.data] };
      keep(key, whole);
      before.current = page.data.length;
      setAdded({ key, page: whole });
      setMore("idle");
    } catch (error) {
      setMore(error instanceof Refusal ? error : new Refusal(0, "Something went wrong", String(error)));
    }
  };

  return (
    <section class="results" aria-labelledby="results-title" aria-busy={list.busy}>
      <div class="results-head">
        <h2 id="results-title" tabIndex={-1}>
          {heading}
        </h2>
        <span class="unseen" role="status">
          {heading}
        </span>
        {children}
        {!filters.get("near") && <Near onNear={(near) => onChange(filters.set("near", near).set("radius_km", "50").set("sort", "distance"))} />}
        <label class="order">
          <span>Sort by</span>
          <select value={filters.get("sort")} onChange={(event) => onChange(filters.set("sort", event.currentTarget.value))}>
            <option value="">{words ? "Most relevant" : "Title"}</option>
            {ORDERS.filter(([value]) => (words || value !== "title") && (value !== "distance" || filters.get("near"))).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Notices />
      {words && (
        <p class="searched">
          Searched for <b>{page?.search?.searched_for ?? words}</b>
          {page?.search?.did_you_mean && <>, because nothing matches “{words}”</>}.{" "}
          <button type="button" class="plain" onClick={() => onChange(filters.set("q", ""))}>
            Clear the search
          </button>
        </p>
      )}
      <Chips filters={filters} counts={counts} onChange={onChange} />
      {page && page.data.length > 0 && <Take list="/v1/initiatives" query={filters.toString()} feed={feed(filters)} page={`/${filters.toString() && `?${filters}`}`} name={name} />}
      {list.error && (
        <Failed error={list.error} again={list.again}>
          {filters.active().length > 0 && (
            <button type="button" onClick={() => onChange(filters.cleared())}>
              Clear all filters
            </button>
          )}
        </Failed>
      )}
      {!page && !list.error && <Loading what="initiatives" />}
      {page && page.data.length === 0 && <Nothing filters={filters} counts={counts} onChange={onChange} />}
      {page && page.data.length > 0 && (
        <ol class={list.busy ? "cards waiting" : "cards"} ref={cards}>
          {page.data.map((shown: Shown) => (
            <Card key={shown.slug} shown={shown} onPoint={onPoint} />
          ))}
        </ol>
      )}
      {page?.page.next && (
        <p class="more">
          <button type="button" aria-disabled={more === "busy"} onClick={showMore}>
            {more === "busy" ? "Loading …" : "Show more"}
          </button>
          <span>
            {number(page.data.length)} of {number(exact ?? page.total)} shown
          </span>
        </p>
      )}
      {more instanceof Refusal && <Failed error={more} again={showMore} />}
    </section>
  );
}

function total(page: CardPage, exact: number | undefined): string {
  if (exact !== undefined) return count(exact, "initiative");
  return count(page.total, "initiative");
}

/** No results: offers to remove each filter. */
function Nothing({ filters, counts, onChange }: { filters: Filters; counts: ResultsProps["counts"]; onChange: (filters: Filters) => void }) {
  const active = filters.active();
  const words = filters.get("q");
  const chosen = active.length + (words ? 1 : 0);
  return (
    <div class="notice">
      <p>
        <b>{chosen === 0 ? "The registry has no initiatives yet." : `No initiatives match ${chosen === 1 ? "this" : "all of these"}.`}</b>{" "}
        {chosen > 0 && "Remove one to see more results:"}
      </p>
      <ul class="actions">
        {words && (
          <li>
            <button type="button" onClick={() => onChange(filters.set("q", ""))}>
              Search: “{words}”
            </button>
          </li>
        )}
        {active.map(({ name, value }) => (
          <li key={`${name} ${value}`}>
            <button type="button" onClick={() => onChange(without(filters, name, value))}>
              {FILTERS[name]}: {inWords(name, value, counts)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The feed of one council or theme, if the list is of that alone, or else of all. */
function feed(filters: Filters): string {
  const [only, ...others] = filters.active();
  const of = only && others.length === 0 && (only.name === "council" || only.name === "participant" ? "councils" : only.name === "theme" ? "themes" : "");
  return of && only && only.value !== "network" ? `/v1/${of}/${only.value}/changes.atom` : "/v1/changes.atom";
}
