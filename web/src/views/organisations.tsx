import { listOrganisations } from "../api/registry";
import { count } from "../format";
import { Heading } from "../parts/heading";
import { Failed, Loading } from "../parts/states";
import { preload, useResource } from "../state/resource";
import { ORGANISATION_KINDS } from "../words";

/** Loads the organisations. */
export async function prepareOrganisations(): Promise<void> {
  await preload("all organisations", listOrganisations);
}

/** All organisations other than councils, each with the number of its initiatives. */
export function Organisations() {
  const { data, error, again } = useResource("all organisations", listOrganisations);
  return (
    <div class="wide narrow themes-list">
      <Heading title="Organisations" />
      <p class="lead">Organisations other than councils that lead, pay for, evaluate or take part in initiatives, or that are members of the network.</p>
      {error && <Failed error={error} again={again} />}
      {!data && !error && <Loading what="organisations" />}
      <ul class="lines">
        {data?.map(({ slug, name, kind, initiative_count: initiatives }) => (
          <li key={slug}>
            <h2>
              <a href={`/organisations/${slug}`}>{name}</a>
            </h2>
            <p class="note">
              {ORGANISATION_KINDS[kind]}, {count(initiatives ?? 0, "initiative")}
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}
