import type { Schema } from "../api/client";
import { countInitiatives, findCouncil, listCouncilChanges, listCouncilInitiatives, listOutcomes } from "../api/registry";
import { date, membership, number, site, stage } from "../format";
import { Places } from "../map/places";
import { Back } from "../parts/back";
import { Heading } from "../parts/heading";
import { Notices, prepareNotices } from "../parts/notices";
import { Claimed, Initiatives } from "../parts/related";
import { Take } from "../parts/take";
import { Filters } from "../state/filters";
import { preload, useResource } from "../state/resource";
import { COUNCIL_CHANGES, COUNCIL_TYPES, NATIONS, REGIONS } from "../words";
import { OneRecord } from "./one";

type Council = Schema<"Council">;

/** Maximum number of themes and of principles that a council's profile lists. */
const MOST = 6;

/** Loads the council, its changes, its counts, its claims, its notices and its initiatives. */
export async function prepareCouncil(slug: string): Promise<void> {
  const filters = of(slug);
  await Promise.all([
    preload(`council ${slug}`, (stop) => findCouncil(slug, stop)),
    preload(`changes of ${slug}`, (stop) => listCouncilChanges(slug, stop)),
    preload(`counts ${filters}`, (stop) => countInitiatives(filters, stop)),
    preload(`claims ${filters}`, (stop) => listOutcomes({ participant: [slug] }, stop)),
    prepareNotices(slug),
    preload(`initiatives of ${slug}`, (stop) => listCouncilInitiatives(slug, stop)),
  ]);
}

/** The initiatives that a council leads or takes part in. */
function of(slug: string): Filters {
  return Filters.of(new URLSearchParams({ participant: slug }));
}

/** One council: its profile, its claims and its initiatives. */
export function Council({ slug }: { slug: string }) {
  return (
    <OneRecord what="council" slug={slug} load={findCouncil}>
      {(council) => <Shown council={council} />}
    </OneRecord>
  );
}

function Shown({ council }: { council: Council }) {
  const { slug, name, short_name: short, membership: standing, location, html } = council;
  const status = stage(council);
  return (
    <div class="record council">
      <header class="record-head">
        <div class="wide">
          <Back to="/councils" name="All councils" />
          <p class="over">
            <span class="kind">{COUNCIL_TYPES[council.council_type]}</span>
            {status && <span class="status">{status}</span>}
            {standing.tier !== "none" && <span class={standing.status === "current" ? "status live" : "status"}>{membership(standing)}</span>}
          </p>
          <Heading title={short}>{name}</Heading>
          {council.welsh_name && (
            <p class="by" lang="cy">
              {council.welsh_name}
            </p>
          )}
          <Notices council={slug} />
          {html.description && <div class="lead prose" dangerouslySetInnerHTML={{ __html: html.description }} />}
          <Take list={`/v1/councils/${slug}/initiatives`} feed={`/v1/councils/${slug}/changes.atom`} page={`/councils/${slug}`} name={name} />
        </div>
      </header>
      <div class="wide record-columns">
        <div class="story">
          <KnownFor slug={slug} />
          <Claimed at={`claims ${of(slug)}`} load={(stop) => listOutcomes({ participant: [slug] }, stop)} query={`participant=${slug}`} />
          <Initiatives at={`initiatives of ${slug}`} load={(stop) => listCouncilInitiatives(slug, stop)} none={`${short} has no public initiatives yet.`} />
        </div>
        <aside class="facts" aria-label="Profile">
          {location && (
            <figure>
              <Places name={`Map: where ${name} is`} marked={slug} nouns={["council", "councils"]} spots={[{ key: slug, href: `/councils/${slug}`, title: name, note: "", near: "", ...location }]} />
            </figure>
          )}
          <dl>
            <Fact name="Nation" value={council.region ? `${NATIONS[council.nation]}, ${REGIONS[council.region]}` : NATIONS[council.nation]} />
            {council.population !== null && <Fact name="Residents" value={`${number(council.population)}${council.population_year ? ` (${council.population_year})` : ""}`} />}
            <History slug={slug} />
            <Fact name="Membership" value={standing.joined_on ? `${membership(standing)}. Joined ${date(standing.joined_on)}` : membership(standing)} />
            {council.website && (
              <div>
                <dt>Website</dt>
                <dd>
                  <a href={council.website}>{site(council.website)}</a>
                </dd>
              </div>
            )}
            {council.gss_code && <Fact name="GSS code" value={council.gss_code} />}
            {council.aliases.length > 0 && <Fact name="Also called" value={council.aliases.join(", ")} />}
          </dl>
          <p class="note">
            You can get the council as <a href={`/v1/councils/${slug}`}>JSON</a>, and its claims as <a href={`/v1/outcomes.xlsx?participant=${slug}`}>Excel</a> or{" "}
            <a href={`/v1/outcomes.csv?participant=${slug}&bom=true`}>CSV</a>.
          </p>
        </aside>
      </div>
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Which councils it followed, and which followed it. Nothing if no change is recorded. */
function History({ slug }: { slug: string }) {
  const { data } = useResource(`changes of ${slug}`, (stop) => listCouncilChanges(slug, stop));
  if (!data || data.data.length === 0) return null;
  const others = (side: Schema<"CouncilRef">[]) => side.filter((council) => council.slug !== slug);
  return (
    <div>
      <dt>History</dt>
      <dd>
        <ul>
          {data.data.map((change) => {
            const isBefore = change.from.some((council) => council.slug === slug);
            return (
              <li key={change.id}>
                {date(change.effective_on)}: {COUNCIL_CHANGES[change.kind]}
                <Named word="into" councils={isBefore ? others(change.to) : []} />
                <Named word={isBefore ? "with" : "from"} councils={others(change.from)} />
              </li>
            );
          })}
        </ul>
      </dd>
    </div>
  );
}

function Named({ word, councils }: { word: string; councils: Schema<"CouncilRef">[] }) {
  if (councils.length === 0) return null;
  return (
    <>
      {` ${word} `}
      {councils.map((council, index) => (
        <span key={council.slug}>
          {index > 0 && ", "}
          <a href={`/councils/${council.slug}`}>{council.name}</a>
        </span>
      ))}
    </>
  );
}

/** The council's themes and principles, by number of its initiatives. */
function KnownFor({ slug }: { slug: string }) {
  const filters = of(slug);
  const { data } = useResource(`counts ${filters}`, (stop) => countInitiatives(filters, stop));
  if (!data || data.total === 0) return null;
  const { theme, principle } = data.facets;
  return (
    <section aria-labelledby="known">
      <h2 id="known">Main themes and principles</h2>
      <div class="bars">
        <Bars title="Themes" name="theme" values={theme} slug={slug} total={data.total} />
        <Bars title="Principles" name="principle" values={principle} slug={slug} total={data.total} />
      </div>
    </section>
  );
}

function Bars({ title, name, values, slug, total }: { title: string; name: string; values: Schema<"FacetValue">[]; slug: string; total: number }) {
  if (values.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {values.slice(0, MOST).map((one) => (
          <li key={one.value}>
            <a href={`/?${name}=${one.value}&participant=${slug}`}>{one.label}</a>
            <span class="many">
              {number(one.initiatives)}
              <span class="unseen"> initiatives</span>
            </span>
            <meter min={0} max={total} value={one.initiatives} aria-hidden="true" />
          </li>
        ))}
      </ul>
    </div>
  );
}
