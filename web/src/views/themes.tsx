import { countInitiatives, listThemes } from "../api/registry";
import { count } from "../format";
import { Heading } from "../parts/heading";
import { Failed, Loading } from "../parts/states";
import { Filters } from "../state/filters";
import { preload, useResource } from "../state/resource";

const ALL = Filters.of(new URLSearchParams());

/** Loads the themes and the numbers of their initiatives. */
export async function prepareThemes(): Promise<void> {
  await Promise.all([preload("all themes", listThemes), preload(`counts ${ALL}`, (stop) => countInitiatives(ALL, stop))]);
}

/** All themes in use, each with its scope and the number of its initiatives. */
export function Themes() {
  const themes = useResource("all themes", listThemes);
  const counts = useResource(`counts ${ALL}`, (stop) => countInitiatives(ALL, stop));
  const counted = new Map(counts.data?.facets.theme.map((one) => [one.value, one.initiatives]));
  const shown = themes.data?.filter((theme) => theme.status === "active");
  return (
    <div class="wide narrow themes-list">
      <Heading title="Themes" />
      <p class="lead">What the initiatives are about. An initiative counts under a theme and under the broader themes that include it.</p>
      {themes.error && <Failed error={themes.error} again={themes.again} />}
      {!themes.data && !themes.error && <Loading what="themes" />}
      <ul class="lines">
        {shown?.map(({ slug, label, definition, broader }) => (
          <li key={slug}>
            <h2>
              <a href={`/themes/${slug}`}>{label}</a>
            </h2>
            <div>
              <p>{definition}</p>
              <p class="note">
                {count(counted.get(slug) ?? 0, "initiative")}
                {broader && <>, part of {broader.label}</>}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
