import type { Schema } from "../api/client";
import { findOrganisation, listMemberships, listOrganisationInitiatives } from "../api/registry";
import { date, membership, register, site } from "../format";
import { Back } from "../parts/back";
import { Heading } from "../parts/heading";
import { Initiatives } from "../parts/related";
import { Take } from "../parts/take";
import { preload, useResource } from "../state/resource";
import { ORGANISATION_KINDS } from "../words";
import { OneRecord } from "./one";

/** Loads the organisation, its memberships and its initiatives. */
export async function prepareOrganisation(slug: string): Promise<void> {
  await Promise.all([
    preload(`organisation ${slug}`, (stop) => findOrganisation(slug, stop)),
    preload(`memberships of ${slug}`, (stop) => listMemberships(slug, stop)),
    preload(`initiatives with ${slug}`, (stop) => listOrganisationInitiatives(slug, stop)),
  ]);
}

/** One organisation other than a council: its profile and its initiatives. */
export function Organisation({ slug }: { slug: string }) {
  return (
    <OneRecord what="organisation" slug={slug} load={findOrganisation}>
      {(organisation) => <Shown organisation={organisation} />}
    </OneRecord>
  );
}

function Shown({ organisation }: { organisation: Schema<"Organisation"> }) {
  const { slug, name, kind, html, website, council, aliases } = organisation;
  return (
    <div class="record organisation">
      <header class="record-head">
        <div class="wide">
          <Back to="/organisations" name="All organisations" />
          <p class="over">
            <span class="kind">{ORGANISATION_KINDS[kind]}</span>
          </p>
          <Heading title={name} />
          {html.description && <div class="lead prose" dangerouslySetInnerHTML={{ __html: html.description }} />}
          <Take list="/v1/initiatives" query={`organisation=${slug}`} feed="/v1/changes.atom" page={`/organisations/${slug}`} name={name} />
        </div>
      </header>
      <div class="wide record-columns">
        <div class="story">
          <Initiatives at={`initiatives with ${slug}`} load={(stop) => listOrganisationInitiatives(slug, stop)} none={`No public initiative names ${name} yet.`} />
          {(organisation.initiative_count ?? 0) > 0 && (
            <p>
              <a href={`/?organisation=${slug}`}>Search and filter the initiatives of this organisation, and see them on a map</a>
            </p>
          )}
        </div>
        <aside class="facts" aria-label="Profile">
          <dl>
            {organisation.org_id && <Identifier id={organisation.org_id} />}
            {website && (
              <div>
                <dt>Website</dt>
                <dd>
                  <a href={website}>{site(website)}</a>
                </dd>
              </div>
            )}
            {council && (
              <div>
                <dt>Owned by</dt>
                <dd>
                  <a href={`/councils/${council.slug}`}>{council.name}</a>
                </dd>
              </div>
            )}
            <Memberships slug={slug} />
            {aliases.length > 0 && (
              <div>
                <dt>Also called</dt>
                <dd>{aliases.join(", ")}</dd>
              </div>
            )}
          </dl>
          <p class="note">
            You can get the organisation as <a href={`/v1/organisations/${slug}`}>JSON</a>.
          </p>
        </aside>
      </div>
    </div>
  );
}

/** An identifier, with a link if its register has a page for each organisation. */
function Identifier({ id }: { id: string }) {
  const known = register(id);
  return (
    <div>
      <dt>Identifier</dt>
      <dd>
        {known ? (
          <>
            <a href={known.page}>{id}</a> <small>{known.name}</small>
          </>
        ) : (
          id
        )}
      </dd>
    </div>
  );
}

/** Memberships of the network: what is known of each, as of when, and when it began. Nothing without one. */
function Memberships({ slug }: { slug: string }) {
  const { data } = useResource(`memberships of ${slug}`, (stop) => listMemberships(slug, stop));
  if (!data || data.length === 0) return null;
  return (
    <div>
      <dt>Membership of the network</dt>
      <dd>
        <ul>
          {data.map(({ id, tier, status, last_observed_on: as_at, from, to: ended_on }) => {
            const said = membership({ tier, status, as_at, ended_on });
            return <li key={id}>{from ? `${said}. Joined ${date(from)}` : said}</li>;
          })}
        </ul>
      </dd>
    </div>
  );
}
