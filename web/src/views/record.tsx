import type { ComponentChildren } from "preact";

import type { Schema } from "../api/client";
import { findInitiative, referenceOf, textOf } from "../api/registry";
import { date, leadName, period, pounds, site } from "../format";
import { Places } from "../map/places";
import { Back } from "../parts/back";
import { Cite } from "../parts/cite";
import { Claims } from "../parts/claim";
import { Copy } from "../parts/copy";
import { Heading } from "../parts/heading";
import { Lead, Organisation } from "../parts/lead";
import { Notices, prepareNotices } from "../parts/notices";
import { Status } from "../parts/status";
import { Reference, Share, full } from "../parts/take";
import { preload, useResource } from "../state/resource";
import { ARCHIVED, COST_KINDS, KINDS, LICENCES, PARTICIPANT_ROLES, PARTNER_ROLES, SOURCE_KINDS } from "../words";
import { OneRecord } from "./one";

type Initiative = Schema<"Initiative">;

/** Loads the initiative, its citation and its notices. */
export async function prepareRecord(slug: string): Promise<void> {
  const record = preload(`initiative ${slug}`, (stop) => findInitiative(slug, stop));
  await Promise.all([record.then(({ steward }) => prepareNotices(steward.council?.slug)), preload(`reference ${slug}`, () => referenceOf(slug))]);
}

/** One initiative, with all its details. */
export function Record({ slug }: { slug: string }) {
  return (
    <OneRecord what="initiative" slug={slug} load={findInitiative}>
      {(record) => <Shown record={record} />}
    </OneRecord>
  );
}

function Shown({ record }: { record: Initiative }) {
  const { title, html } = record;
  const sources = new Map(record.sources.map((source, index) => [source.key, index + 1]));
  return (
    <article class="record">
      <header class="record-head">
        <div class="wide">
          <Back to="/" name="All initiatives" />
          <p class="over">
            <span class="kind">{KINDS[record.kind]}</span>
            <Status of={record} />
          </p>
          <Heading title={title} />
          <p class="by">
            <Lead of={record} />
            {dates(record) && <span> · {dates(record)}</span>}
          </p>
          {record.state === "archived" && <p class="notice">{ARCHIVED}</p>}
          <Notices council={record.steward.council?.slug} />
          <p class={`freshness ${record.freshness}`}>{record.freshness_text}</p>
          <p class="lead">{record.summary}</p>
          {record.who_for && <p class="who-for">For: {record.who_for}</p>}
          <ul class="tags" aria-label="Themes">
            {record.themes.map((theme) => (
              <li key={theme.slug}>
                <a href={`/themes/${theme.slug}`}>{theme.label}</a>
              </li>
            ))}
          </ul>
          <Actions record={record} />
        </div>
      </header>

      <div class="wide record-columns">
        <div class="story">
          <Prose title="The challenge" html={html.challenge} />
          <Prose title="The approach" html={html.approach} />
          <Prose title="The story" html={html.body} />
          <section aria-labelledby="claims">
            <h2 id="claims">Outcomes</h2>
            {record.outcomes.length > 0 ? (
              <>
                <p class="note">
                  Each figure is a claim, not an established fact. <a href="/about#claims">How to read claims</a>
                </p>
                <Claims outcomes={record.outcomes} sources={sources} />
              </>
            ) : (
              <p class="note">No outcomes are recorded yet.</p>
            )}
          </section>
          <Prose title="What worked" html={html.what_worked} />
          <Prose title="What did not work" html={html.what_did_not} />
          <Prose title="What another council needs" html={html.transfer_conditions} />
          {record.costs.length > 0 && <Costs costs={record.costs} sources={sources} />}
          {record.principles.length > 0 && <Principles principles={record.principles} />}
          {record.sources.length > 0 && <Sources sources={record.sources} />}
          {record.provenance_note && <p class="provenance">{record.provenance_note}</p>}
        </div>
        <Aside record={record} />
      </div>
      <OnPaper record={record} />
    </article>
  );
}

/** Share, reference and forms of the record. */
function Actions({ record: { slug } }: { record: Initiative }) {
  const { data } = useResource(`reference ${slug}`, () => referenceOf(slug));
  return (
    <div class="take">
      <p>
        Download: <a href={`/v1/initiatives/${slug}`}>JSON</a> <a href="#reuse">Markdown</a>
      </p>
      <p>
        <a href="/v1/changes.atom">Feed of changes</a>
      </p>
      <Share page={`/initiatives/${slug}`} />
      {data && (
        <Reference text={data}>
          <p>
            <a href="#cite">Other formats</a>
          </p>
        </Reference>
      )}
    </div>
  );
}

function dates({ started_on: from, ended_on: to, delivery_status: status }: Initiative): string {
  if (from && !to) return `${status === "idea" || status === "planned" ? "starting" : "since"} ${date(from)}`;
  return period(from, to);
}

/** A text of the record. The service has sanitised its HTML. */
function Prose({ title, html }: { title: string; html: string | null }) {
  if (!html) return null;
  return (
    <section>
      <h2>{title}</h2>
      <div class="prose" dangerouslySetInnerHTML={{ __html: html }} />
    </section>
  );
}

function Costs({ costs, sources }: { costs: Initiative["costs"]; sources: Map<string, number> }) {
  const bounds = { exact: "", at_least: "at least ", at_most: "up to ", about: "about " } as const;
  return (
    <section aria-labelledby="costs">
      <h2 id="costs">What it cost</h2>
      <ul class="lines">
        {costs.map((cost, index) => {
          const source = cost.source ? sources.get(cost.source) : undefined;
          const more = [cost.programme, cost.round, period(cost.period_from, cost.period_to)].filter(Boolean);
          return (
            <li key={index}>
              <b class="amount">
                {bounds[cost.bound ?? "exact"]}
                {pounds(cost.amount_pence)}
              </b>
              <div>
                <p>{cost.description}</p>
                <p class="note">
                  {COST_KINDS[cost.kind]}
                  {cost.payer && (
                    <>
                      , paid by <Organisation name={cost.payer} slug={cost.payer_organisation} />
                    </>
                  )}
                  {more.length > 0 && `, ${more.join(", ")}`}
                  {source !== undefined && (
                    <>
                      {" "}
                      (<a href={`#source-${source}`}>source {source}</a>)
                    </>
                  )}
                </p>
                {cost.caveat && (
                  <p class="claim-note caveat">
                    <b>Caveat:</b> {cost.caveat}
                  </p>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Principles({ principles }: { principles: Initiative["principles"] }) {
  return (
    <section aria-labelledby="principles">
      <h2 id="principles">Co-operative principles</h2>
      <ul class="principles">
        {principles.map((principle) => (
          <li key={principle.slug}>
            <a href={`/?principle=${principle.slug}`}>{principle.label}</a>
            {principle.how && <p>{principle.how}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sources({ sources }: { sources: Initiative["sources"] }) {
  return (
    <section aria-labelledby="sources">
      <h2 id="sources">Sources</h2>
      <ol class="sources">
        {sources.map((source, index) => {
          const about = [
            source.publisher,
            SOURCE_KINDS[source.kind],
            source.published_on && date(source.published_on),
            source.item_reference,
            source.accessed_on && `accessed ${date(source.accessed_on)}`,
          ];
          return (
            <li key={source.key} id={`source-${index + 1}`} tabIndex={-1}>
              {source.url ? <a href={source.url}>{source.title}</a> : <cite>{source.title}</cite>}
              <small>{about.filter(Boolean).join(", ")}</small>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Aside({ record }: { record: Initiative }) {
  const { location, lead_council: lead, place_of: place, slug, licence } = record;
  const terms = LICENCES[licence];
  return (
    <aside class="facts" aria-label="About this record">
      {location && (
        <figure>
          <Places
            name={`Map: where ${record.title} is`}
            nouns={["initiative", "initiatives"]}
            marked={(lead ?? place)?.slug}
            spots={[{ key: slug, href: `/initiatives/${slug}`, title: record.title, note: leadName(record), near: "", ...location }]}
          />
          {location.of !== "initiative" && (
            <figcaption>Shown at {place ? place.name : "the lead council"}, because the record has no location of its own.</figcaption>
          )}
        </figure>
      )}
      <dl>
        <Fact name="Led by">
          <Lead of={record} />
        </Fact>
        {record.lead_council && record.steward.council?.slug !== record.lead_council.slug && (
          <Fact name="Looked after by">
            {record.steward.council ? <a href={`/councils/${record.steward.council.slug}`}>{record.steward.council.name}</a> : "The network"}
          </Fact>
        )}
        {place && (
          <Fact name="In the area of">
            <a href={`/councils/${place.slug}`}>{place.name}</a>
          </Fact>
        )}
        {record.participants.length > 0 && (
          <Fact name="Other councils involved">
            <ul>
              {record.participants.map(({ council, role }) => (
                <li key={council.slug}>
                  <a href={`/councils/${council.slug}`}>{council.name}</a> <small>{PARTICIPANT_ROLES[role]}</small>
                </li>
              ))}
            </ul>
          </Fact>
        )}
        {record.partners.length > 0 && (
          <Fact name="Partners">
            <ul>
              {record.partners.map(({ name, organisation, role, url }) => (
                <li key={name}>
                  {url && !organisation ? <a href={url}>{name}</a> : <Organisation name={name} slug={organisation} />} <small>{PARTNER_ROLES[role]}</small>
                  {url && organisation && (
                    <>
                      {" "}
                      <small>
                        <a href={url}>{site(url)}</a>
                      </small>
                    </>
                  )}
                </li>
              ))}
            </ul>
          </Fact>
        )}
        {record.parent && (
          <Fact name="Part of">
            <a href={`/initiatives/${record.parent.slug}`}>{record.parent.title}</a>
          </Fact>
        )}
        {record.components.length > 0 && (
          <Fact name="Includes">
            <ul>
              {record.components.map((component) => (
                <li key={component.slug}>
                  <a href={`/initiatives/${component.slug}`}>{component.title}</a>
                </li>
              ))}
            </ul>
          </Fact>
        )}
        {record.source_url && (
          <Fact name="More information">
            <a href={record.source_url}>{site(record.source_url)}</a>
          </Fact>
        )}
        <Fact name="Entered by">{record.entered_by === "council" ? "The lead council" : "The registry, from the sources"}</Fact>
        <Fact name="Last updated">
          {date(record.updated_at)} <small>version {record.version}</small>
        </Fact>
        <Fact name="Licence">
          <a href={terms.url} rel="license">
            {terms.title}
          </a>
        </Fact>
      </dl>
      <section aria-labelledby="cite">
        <h2 id="cite">Cite</h2>
        <Cite slug={slug} />
      </section>
      <section aria-labelledby="reuse">
        <h2 id="reuse">Use this record</h2>
        <Copy label="Copy as Markdown" text={() => textOf(`/v1/initiatives/${slug}`, "text/markdown")} />
        <p class="note">
          The copy includes the citation, the licence, and the bound, date, evidence and caveat of every claim. You can also get the record as <a href={`/v1/initiatives/${slug}`}>JSON</a>
          and link to its <a href={`/id/${record.id}`}>permanent address</a>.
        </p>
      </section>
    </aside>
  );
}

/** Where a printed copy is from. */
function OnPaper({ record }: { record: Initiative }) {
  return (
    <p class="on-paper wide">
      CCIN registry: {record.title}, version {record.version}, {date(record.updated_at)}. {full(`/id/${record.id}`)}
    </p>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
