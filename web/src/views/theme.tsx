import type { Schema } from "../api/client";
import { findTheme, listOutcomes, listThemeInitiatives } from "../api/registry";
import { Back } from "../parts/back";
import { Figures, figuresOf } from "../parts/figures";
import { Heading } from "../parts/heading";
import { Claimed, Initiatives } from "../parts/related";
import { Take } from "../parts/take";
import { preload } from "../state/resource";
import { OneRecord } from "./one";

/** Loads the theme, its claims and its initiatives. */
export async function prepareTheme(slug: string): Promise<void> {
  await Promise.all([
    preload(`theme ${slug}`, (stop) => findTheme(slug, stop)),
    preload(`claims of theme ${slug}`, (stop) => listOutcomes({ theme: [slug] }, stop)),
    preload(...figuresOf(slug)),
    preload(`initiatives on ${slug}`, (stop) => listThemeInitiatives(slug, stop)),
  ]);
}

/** One theme: its scope, its claims and its initiatives. */
export function Theme({ slug }: { slug: string }) {
  return (
    <OneRecord what="theme" slug={slug} load={findTheme}>
      {(theme) => <Shown theme={theme} />}
    </OneRecord>
  );
}

function Shown({ theme }: { theme: Schema<"Theme"> }) {
  const { slug, label, definition, broader, narrower, replaced_by: instead } = theme;
  return (
    <div class="record theme">
      <header class="record-head">
        <div class="wide">
          <Back to="/themes" name="All themes" />
          <p class="over">
            <span class="kind">Theme</span>
            {theme.status === "deprecated" && <span class="status stopped">No longer used for new records</span>}
          </p>
          <Heading title={label} />
          <p class="lead">{definition}</p>
          <Themes name="Part of" themes={broader ? [broader] : []} />
          <Themes name="Includes" themes={narrower} />
          <Themes name="Use instead" themes={instead ? [instead] : []} />
          <Take list={`/v1/themes/${slug}/initiatives`} feed={`/v1/themes/${slug}/changes.atom`} page={`/themes/${slug}`} name={label} />
        </div>
      </header>
      <div class="wide record-columns one">
        <div class="story">
          <Figures theme={slug} />
          <Claimed at={`claims of theme ${slug}`} load={(stop) => listOutcomes({ theme: [slug] }, stop)} query={`theme=${slug}`} />
          <Initiatives at={`initiatives on ${slug}`} load={(stop) => listThemeInitiatives(slug, stop)} none="This theme has no public initiatives yet." />
          <p>
            <a href={`/?theme=${slug}`}>Search and filter the initiatives on this theme, and see them on a map</a>
          </p>
        </div>
      </div>
    </div>
  );
}

function Themes({ name, themes }: { name: string; themes: Schema<"ThemeRef">[] }) {
  if (themes.length === 0) return null;
  return (
    <p class="related">
      {name}:{" "}
      {themes.map((theme) => (
        <>
          <a key={theme.slug} href={`/themes/${theme.slug}`}>
            {theme.label}
          </a>{" "}
        </>
      ))}
    </p>
  );
}
